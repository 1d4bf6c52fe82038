//! The facts of resources, asserted through `inspect --format json` on code as people write it.

mod catalogue;
mod clusters;
mod dependencies;
mod encryption;
mod estates;
mod hosting;
mod keys;
mod levels;
mod places;
mod relations;
mod signin;
mod tenants;

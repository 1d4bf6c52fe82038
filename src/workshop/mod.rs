//! The workshop: what authors of policies need. Starting one, building it, trying it on cases, looking at it.

pub mod cases;
pub mod component;
mod inside;
mod marks;
mod project;
mod sdk;
mod start;
mod stubs;
mod toolchain;

pub use inside::Inside;
pub use marks::{Kind, Mark};
pub use project::{NotBuilt, Project, from_core};
pub use start::{Language, Name, NotStarted};
pub use stubs::Stub;

//! What resources are to each other, in Terraform, in Kubernetes, and between both.

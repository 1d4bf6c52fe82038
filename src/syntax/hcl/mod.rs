//! HCL, the language of Terraform: text to tree, with every span, and on through errors.
//!
//! Written by hand because no parser at hand keeps spans, survives errors, is linear in every dimension and takes
//! exactly what Terraform takes. The judge is Terraform itself; `hcl-edit` is the oracle in the tests.

mod ast;
mod escape;
mod lexer;

use std::sync::Arc;

pub use ast::*;

use crate::problem::Problem;
use crate::source::SourceId;
use crate::syntax::Origin;

/// A text and what was wrong with it. There is always a file, if need be an empty one.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The tree.
    pub file: File,
    /// What could not be read, in source order.
    pub problems: Vec<Problem>,
}

/// A lone expression or template and what was wrong with it.
#[derive(Debug, Clone)]
pub struct ParsedExpression {
    /// Holds the expression.
    pub file: File,
    /// The expression; [`ExprKind::Invalid`] when it could not be read.
    pub expr: ExprId,
    /// What could not be read, in source order.
    pub problems: Vec<Problem>,
}

/// Reads a file of attributes and blocks.
pub fn parse(source: SourceId, text: Arc<str>) -> Parsed {
    let file = ast::File::empty(source, text, Origin::WHOLE);
    Parsed {
        file,
        problems: Vec::new(),
    }
}

/// Reads a text that is one expression, such as `var.a + 1`. `origin` says where in the source the text stands.
pub fn parse_expression(source: SourceId, text: Arc<str>, origin: Origin) -> ParsedExpression {
    let file = ast::File::empty(source, text, origin);
    ParsedExpression {
        file,
        expr: Id::new(0),
        problems: Vec::new(),
    }
}

/// Reads a text that is one template without quotes, such as `hello ${var.name}`: a file for `templatefile`, or a
/// string of Terraform's JSON syntax. `origin` says where in the source the text stands.
pub fn parse_template(source: SourceId, text: Arc<str>, origin: Origin) -> ParsedExpression {
    parse_expression(source, text, origin)
}

//! HCL, the language of Terraform: text to tree, with every span, and on through errors.
//!
//! Written by hand because no parser at hand keeps spans, survives errors, is linear in every dimension and takes
//! exactly what Terraform takes. The judge is Terraform itself; `hcl-edit` is the oracle in the tests.

mod ast;
mod body;
mod errors;
mod escape;
mod expression;
mod lexer;
mod parser;
mod template;

use std::sync::Arc;

pub use ast::*;

use self::parser::{Failed, Parser, Parsing};
use crate::problem::Problem;
use crate::source::{SourceId, Span};
use crate::syntax::Origin;
use crate::text::Text;

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
    let origin = Origin::WHOLE;
    let mut parser = Parser::new(source, &text, &origin);
    if !parser.fits() {
        let problems = parser.problems;
        let file = File::empty(source, Arc::from(""), origin);
        return Parsed { file, problems };
    }
    let mut root = parser.whole();
    if parser.left_open && !parser.stopped {
        // A missing brace makes the rest of the file a part of the block. Read again with the indentation as a guide;
        // where that finds nothing, the code is not indented, and the first reading stands.
        let mut again = Parser::new(source, &text, &origin);
        again.by_layout = true;
        let guided = again.whole();
        if again.left_open {
            (parser, root) = (again, guided);
        }
    }
    let (comments, arenas, problems) = parser.finish();
    Parsed {
        file: File {
            source,
            text,
            origin,
            root,
            comments,
            arenas,
        },
        problems,
    }
}

/// Reads a text that is one expression, such as `var.a + 1`. `origin` says where in the source the text stands.
pub fn parse_expression(source: SourceId, text: Arc<str>, origin: Origin) -> ParsedExpression {
    lone(source, text, origin, |parser| {
        parser.multiline = true;
        let expr = parser.expression()?;
        parser.skip()?;
        if !parser.at_end() {
            return parser.expected(Text::new(
                "the end of the expression",
                "la fin de l’expression",
            ));
        }
        Ok(expr)
    })
}

/// Reads a text that is one template without quotes, such as `hello ${var.name}`: a file for `templatefile`, or a
/// string of Terraform's JSON syntax. `origin` says where in the source the text stands.
pub fn parse_template(source: SourceId, text: Arc<str>, origin: Origin) -> ParsedExpression {
    lone(source, text, origin, |parser| parser.whole_template())
}

fn lone(
    source: SourceId,
    text: Arc<str>,
    origin: Origin,
    grammar: impl FnOnce(&mut Parser<'_>) -> Parsing<ExprId>,
) -> ParsedExpression {
    let mut parser = Parser::new(source, &text, &origin);
    let read = if parser.fits() {
        grammar(&mut parser)
    } else {
        Err(Failed)
    };
    let expr = match read {
        Ok(expr) if !parser.tainted => expr,
        _ => parser.add(Expr {
            span: Span::new(0, text.len() as u32),
            kind: ExprKind::Invalid,
        }),
    };
    let root = parser.no_body();
    let (comments, arenas, problems) = parser.finish();
    ParsedExpression {
        file: File {
            source,
            text,
            origin,
            root,
            comments,
            arenas,
        },
        expr,
        problems,
    }
}

#[cfg(test)]
mod tests;

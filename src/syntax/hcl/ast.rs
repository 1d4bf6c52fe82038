//! The tree of one HCL text, kept in one arena per kind of node.
//!
//! Nodes name each other by [`Id`] (one) and [`List`] (a run of several), both 32-bit and cheap to copy. Names and
//! literals stay spans into the text until someone asks for them.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use super::escape;
use crate::source::{Place, SourceId, Span};
use crate::syntax::Origin;

/// Names one node of a [`File`].
pub struct Id<T> {
    index: u32,
    node: PhantomData<fn() -> T>,
}

/// Names a run of nodes of a [`File`], in source order.
pub struct List<T> {
    start: u32,
    len: u32,
    node: PhantomData<fn() -> T>,
}

/// An expression in its file.
pub type ExprId = Id<Expr>;
/// A body in its file.
pub type BodyId = Id<Body>;

impl<T> Id<T> {
    pub(super) const fn new(index: u32) -> Self {
        Self {
            index,
            node: PhantomData,
        }
    }

    /// Position in the arena: unique among the nodes of this kind in a file.
    pub const fn index(self) -> usize {
        self.index as usize
    }
}

impl<T> List<T> {
    /// A run of no nodes.
    pub const EMPTY: Self = Self::new(0, 0);

    pub(super) const fn new(start: u32, len: u32) -> Self {
        Self {
            start,
            len,
            node: PhantomData,
        }
    }

    /// How many nodes.
    pub const fn len(self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

// By hand: a derive would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}
impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<T> {}
impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.len) == (other.start, other.len)
    }
}
impl<T> Eq for List<T> {}
impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:?}", self.range())
    }
}

/// What stands between a pair of braces, or in a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body {
    /// Attributes and blocks, in source order.
    pub items: List<Item>,
    /// From brace to brace (inclusive), or the whole file.
    pub span: Span,
    /// Some of it could not be read, so what is not in `items` may still be in the text.
    pub broken: bool,
}

/// One entry of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// `name = value`
    Attribute(Attribute),
    /// `type "label" { ... }`
    Block(Block),
}

/// `name = value`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: Span,
    /// The value; [`ExprKind::Invalid`] when it could not be read.
    pub value: ExprId,
    /// From the name to the end of the value.
    pub span: Span,
}

/// `type "label" { ... }`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The type: the first word.
    pub kind: Span,
    /// The labels, quoted or bare.
    pub labels: List<Label>,
    /// From the type to the last label.
    pub header: Span,
    /// What stands in the braces.
    pub body: BodyId,
    /// From the type to the closing brace.
    pub span: Span,
}

/// A label of a block; [`File::label`] gives its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// With the quotes, if any.
    pub span: Span,
    /// Without them.
    pub text: Literal,
}

/// A piece of literal text; [`File::literal`] resolves its escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal {
    /// The raw text.
    pub span: Span,
    /// What is to be resolved in it.
    pub escapes: Escapes,
}

/// Which escape sequences a literal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    /// None: the value is the text.
    None,
    /// `$${` and `%%{`.
    Template,
    /// Those, and `\n`, `\u00e9` and their like.
    Quoted,
}

/// An expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExprKind {
    /// Could not be read; a problem says why. Its value is unknown.
    Invalid,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number without sign: digits, fraction, exponent, as written at the span.
    Number,
    /// A string without interpolation, quoted or heredoc in one piece; the span of the expression includes the quotes.
    String(Literal),
    /// A quoted string or heredoc in several parts; its value is a string.
    Template(List<Part>),
    /// `"${x}"`: the value of `x` as it is.
    Wrap(ExprId),
    /// A name on its own: `var`, `each`, `aws_s3_bucket`; the span is the name.
    Variable,
    /// `base.name[0].*.id`: steps from left to right. What a splat covers: see [`StepKind`].
    Traversal {
        /// What the steps start from: a variable, or any other term.
        base: ExprId,
        /// At least one.
        steps: List<Step>,
    },
    /// `name(args...)`
    Call(Id<Call>),
    /// `condition ? then : otherwise`
    Conditional {
        /// Before `?`.
        condition: ExprId,
        /// Before `:`.
        then: ExprId,
        /// After `:`.
        otherwise: ExprId,
    },
    /// Operators of one level of precedence, to be applied from left to right: `a - b + c` is `(a - b) + c`.
    ///
    /// One flat node, so that a chain of thousands is no tree of thousands of levels.
    Operation {
        /// The leftmost operand.
        first: ExprId,
        /// The others, each with the operator before it. At least one.
        rest: List<Operand>,
    },
    /// `-x`, `!x`
    Unary {
        /// The sign.
        operator: UnaryOperator,
        /// What it applies to.
        operand: ExprId,
    },
    /// `(x)`
    Parentheses(ExprId),
    /// `[a, b]`
    Tuple(List<ExprId>),
    /// `{ a = 1, (b) = 2 }`; the same key may come twice, the last wins.
    Object(List<Member>),
    /// `[for v in c : v]`, `{for k, v in c : k => v}`
    For(Id<For>),
}

/// One step of a traversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// With its dot or brackets.
    pub span: Span,
    /// What it is.
    pub kind: StepKind,
}

/// The forms of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// `.name`; the span is the name.
    Attribute(Span),
    /// `.0`; the span is the digits.
    LegacyIndex(Span),
    /// `[key]`
    Index(ExprId),
    /// `.*`: the attribute and legacy index steps directly after it apply to each element, all others to the result.
    AttributeSplat,
    /// `[*]`: all steps after it apply to each element.
    FullSplat,
}

/// A function call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The name with its namespaces, such as `provider::terraform::encode_expr`; see [`File::function`].
    pub name: Span,
    /// The arguments.
    pub args: List<ExprId>,
    /// The last argument is followed by `...`: its elements are the arguments.
    pub expand: bool,
}

/// An operator and what stands right of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operand {
    /// The operator.
    pub operator: BinaryOperator,
    /// Where it stands.
    pub operator_span: Span,
    /// The right operand.
    pub expr: ExprId,
}

/// Operators between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// Operators before their operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Negate,
    /// `!`
    Not,
}

/// One entry of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The key as an expression; for [`KeyKind::Name`] the span of its expression is the name.
    pub key: ExprId,
    /// How the key is meant.
    pub key_kind: KeyKind,
    /// The value.
    pub value: ExprId,
}

/// How the key of an object entry is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A bare word, which is its own text: `name = 1`, also `null = 1`.
    Name,
    /// In parentheses: `(var.name) = 1`.
    Parenthesised,
    /// Any other expression; a bare traversal such as `a.b` is refused by Terraform when evaluated, as ambiguous.
    Expression,
}

/// A `for` expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct For {
    /// The name for keys, if two names are given.
    pub key_name: Option<Span>,
    /// The name for values.
    pub value_name: Span,
    /// What is gone through.
    pub collection: ExprId,
    /// The key of each result: given exactly when an object is made.
    pub key: Option<ExprId>,
    /// Each result.
    pub value: ExprId,
    /// `...` after the value: results of the same key are grouped in lists.
    pub group: bool,
    /// After `if`.
    pub condition: Option<ExprId>,
}

/// One part of a template, whitespace markers (`~`) and indentation of `<<-` already taken off the literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Literal: the text; interpolation: from `${` to `}`; directive: from the first to the last marker.
    pub span: Span,
    /// What it is.
    pub kind: PartKind,
}

/// The forms of template part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Text at the span of the part; see [`File::part_text`].
    Literal(Escapes),
    /// `${x}`
    Interpolation(ExprId),
    /// `%{if c}...%{else}...%{endif}`
    If(Id<IfDirective>),
    /// `%{for v in c}...%{endfor}`
    For(Id<ForDirective>),
}

/// `%{if c}...%{else}...%{endif}`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfDirective {
    /// The condition.
    pub condition: ExprId,
    /// When it holds.
    pub then: List<Part>,
    /// When it does not; empty without `else`.
    pub otherwise: List<Part>,
}

/// `%{for k, v in c}...%{endfor}`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForDirective {
    /// The name for keys, if two names are given.
    pub key_name: Option<Span>,
    /// The name for values.
    pub value_name: Span,
    /// What is gone through.
    pub collection: ExprId,
    /// Repeated for each element.
    pub body: List<Part>,
}

/// A comment: `#` or `//` to the end of the line (without the line break), or `/* */`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// With its markers.
    pub span: Span,
}

/// One HCL text and its tree.
///
/// All spans are into [`File::text`]; [`File::place`] turns them into places in the source, which differ when the text
/// is a part of another (a template in a JSON string).
#[derive(Debug, Clone)]
pub struct File {
    pub(super) source: SourceId,
    pub(super) text: Arc<str>,
    pub(super) origin: Origin,
    pub(super) root: BodyId,
    pub(super) comments: Vec<Comment>,
    pub(super) arenas: Arenas,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Arenas {
    pub(super) bodies: Vec<Body>,
    pub(super) items: Vec<Item>,
    pub(super) labels: Vec<Label>,
    pub(super) exprs: Vec<Expr>,
    pub(super) expr_ids: Vec<ExprId>,
    pub(super) steps: Vec<Step>,
    pub(super) calls: Vec<Call>,
    pub(super) operands: Vec<Operand>,
    pub(super) members: Vec<Member>,
    pub(super) fors: Vec<For>,
    pub(super) parts: Vec<Part>,
    pub(super) ifs: Vec<IfDirective>,
    pub(super) for_directives: Vec<ForDirective>,
}

mod sealed {
    use super::Arenas;

    /// A kind of node: says which arena holds it.
    pub trait Node: Sized + Copy {
        #[allow(private_interfaces)]
        fn arena(arenas: &Arenas) -> &Vec<Self>;
        #[allow(private_interfaces)]
        fn arena_mut(arenas: &mut Arenas) -> &mut Vec<Self>;
    }
}
pub(super) use sealed::Node;

macro_rules! nodes {
    ($($node:ty => $arena:ident),* $(,)?) => {$(
        impl Node for $node {
            #[allow(private_interfaces)]
            fn arena(arenas: &Arenas) -> &Vec<Self> {
                &arenas.$arena
            }
            #[allow(private_interfaces)]
            fn arena_mut(arenas: &mut Arenas) -> &mut Vec<Self> {
                &mut arenas.$arena
            }
        }
    )*};
}

nodes! {
    Body => bodies,
    Item => items,
    Label => labels,
    Expr => exprs,
    ExprId => expr_ids,
    Step => steps,
    Call => calls,
    Operand => operands,
    Member => members,
    For => fors,
    Part => parts,
    IfDirective => ifs,
    ForDirective => for_directives,
}

impl File {
    /// A file without anything in it.
    pub(super) fn empty(source: SourceId, text: Arc<str>, origin: Origin) -> Self {
        let mut arenas = Arenas::default();
        let span = Span::new(0, text.len() as u32);
        arenas.bodies.push(Body {
            items: List::EMPTY,
            span,
            broken: false,
        });
        Self {
            source,
            text,
            origin,
            root: Id::new(0),
            comments: Vec::new(),
            arenas,
        }
    }

    /// Which source the text is, or is part of.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The whole text.
    pub fn source_text(&self) -> &str {
        &self.text
    }

    /// The outermost body; empty for a lone expression or template.
    pub fn root(&self) -> &Body {
        self.get(self.root)
    }

    /// How many attributes and blocks it has, at all levels, and how many of these are blocks.
    pub fn size(&self) -> (usize, usize) {
        (self.arenas.items.len(), self.arenas.bodies.len())
    }

    /// All comments outside of templates' literal text, in source order.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The node behind an id.
    ///
    /// # Panics
    /// On an id of another file: a fault of the program, never of its input.
    pub fn get<T: Node>(&self, id: Id<T>) -> &T {
        &T::arena(&self.arenas)[id.index()]
    }

    /// The nodes of a run.
    ///
    /// # Panics
    /// On a run of another file: a fault of the program, never of its input.
    pub fn list<T: Node>(&self, list: List<T>) -> &[T] {
        &T::arena(&self.arenas)[list.range()]
    }

    /// The expression behind an id.
    pub fn expr(&self, id: ExprId) -> Expr {
        *self.get(id)
    }

    /// The text at a span.
    pub fn text(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    /// Where a span is in the source.
    pub fn place(&self, span: Span) -> Place {
        Place::new(self.source, self.origin.span(span))
    }

    /// The text of a literal, escapes resolved.
    pub fn literal(&self, literal: Literal) -> Cow<'_, str> {
        escape::resolve(self.text(literal.span), literal.escapes)
    }

    /// The text of a label.
    pub fn label(&self, label: &Label) -> Cow<'_, str> {
        self.literal(label.text)
    }

    /// The text of a literal part of a template; nothing for other parts.
    pub fn part_text(&self, part: &Part) -> Option<Cow<'_, str>> {
        match part.kind {
            PartKind::Literal(escapes) => Some(escape::resolve(self.text(part.span), escapes)),
            _ => None,
        }
    }

    /// The name of a function with its namespaces, without the white space that may stand around `::`.
    pub fn function(&self, call: &Call) -> Cow<'_, str> {
        let written = self.text(call.name);
        if written.bytes().all(|b| b > b' ' && b != b'/' && b != b'#') {
            return Cow::Borrowed(written);
        }
        Cow::Owned(super::lexer::without_trivia(written))
    }

    /// The attributes of a body, in source order.
    pub fn attributes(&self, body: &Body) -> impl Iterator<Item = &Attribute> {
        self.list(body.items).iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
    }

    /// The blocks of a body, in source order.
    pub fn blocks(&self, body: &Body) -> impl Iterator<Item = &Block> {
        self.list(body.items).iter().filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Attribute(_) => None,
        })
    }

    /// The first attribute of a name, by looking at each.
    pub fn attribute(&self, body: &Body, name: &str) -> Option<&Attribute> {
        self.attributes(body)
            .find(|attribute| self.text(attribute.name) == name)
    }

    /// Calls `visit` with each expression directly inside another, in source order, those in templates included.
    pub fn children(&self, expr: ExprId, visit: &mut dyn FnMut(ExprId)) {
        match self.expr(expr).kind {
            ExprKind::Invalid
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number
            | ExprKind::String(_)
            | ExprKind::Variable => {}
            ExprKind::Template(parts) => self.children_of_parts(parts, visit),
            ExprKind::Wrap(inner) | ExprKind::Parentheses(inner) => visit(inner),
            ExprKind::Unary { operand, .. } => visit(operand),
            ExprKind::Traversal { base, steps } => {
                visit(base);
                for step in self.list(steps) {
                    if let StepKind::Index(key) = step.kind {
                        visit(key);
                    }
                }
            }
            ExprKind::Call(call) => self
                .list(self.get(call).args)
                .iter()
                .for_each(|id| visit(*id)),
            ExprKind::Tuple(elements) => self.list(elements).iter().for_each(|id| visit(*id)),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => [condition, then, otherwise].into_iter().for_each(visit),
            ExprKind::Operation { first, rest } => {
                visit(first);
                self.list(rest)
                    .iter()
                    .for_each(|operand| visit(operand.expr));
            }
            ExprKind::Object(members) => {
                for member in self.list(members) {
                    if member.key_kind != KeyKind::Name {
                        visit(member.key);
                    }
                    visit(member.value);
                }
            }
            ExprKind::For(id) => {
                let each = self.get(id);
                visit(each.collection);
                each.key.into_iter().for_each(&mut *visit);
                visit(each.value);
                each.condition.into_iter().for_each(&mut *visit);
            }
        }
    }

    fn children_of_parts(&self, parts: List<Part>, visit: &mut dyn FnMut(ExprId)) {
        for part in self.list(parts) {
            match part.kind {
                PartKind::Literal(_) => {}
                PartKind::Interpolation(inner) => visit(inner),
                PartKind::If(id) => {
                    let directive = self.get(id);
                    visit(directive.condition);
                    self.children_of_parts(directive.then, visit);
                    self.children_of_parts(directive.otherwise, visit);
                }
                PartKind::For(id) => {
                    let directive = self.get(id);
                    visit(directive.collection);
                    self.children_of_parts(directive.body, visit);
                }
            }
        }
    }
}

//! The grammar of expressions.

use super::ast::{
    BinaryOperator, Call, ExprId, ExprKind, For, KeyKind, Member, Operand, Step, StepKind,
    UnaryOperator,
};
use super::parser::{Parser, Parsing};
use crate::problem::ProblemCode;
use crate::text::{Text, text};

/// How tightly a unary operand binds: more than any binary operator.
const TIGHTEST: u8 = 6;

impl Parser<'_> {
    /// A whole expression. White space before it is skipped.
    pub(super) fn expression(&mut self) -> Parsing<ExprId> {
        self.enter()?;
        self.skip()?;
        let condition = self.operation(0)?;
        self.skip()?;
        let expr = if self.byte() == b'?' {
            self.conditional(condition)?
        } else {
            condition
        };
        self.depth -= 1;
        Ok(expr)
    }

    /// From `?` on.
    fn conditional(&mut self, condition: ExprId) -> Parsing<ExprId> {
        let start = self.expr_start(condition);
        self.take(1);
        let then = self.expression()?;
        self.skip()?;
        if self.byte() != b':' {
            return self.expected(Text::new(
                "`:` and the value for when the condition does not hold",
                "`:` et la valeur pour quand la condition n’est pas remplie",
            ));
        }
        self.take(1);
        let otherwise = self.expression()?;
        Ok(self.add_expr(
            start,
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            },
        ))
    }

    /// Operands joined by operators of at least this level. A run of one level becomes one flat node.
    fn operation(&mut self, lowest: u8) -> Parsing<ExprId> {
        let mut left = self.operand()?;
        loop {
            self.skip()?;
            let Some((_, _, level)) = self.operator() else {
                return Ok(left);
            };
            if level < lowest {
                return Ok(left);
            }
            let begin = self.begin::<Operand>();
            while let Some((operator, len, found)) = self.operator()
                && found == level
            {
                let start = self.pos;
                self.take(len);
                let operator_span = Self::span(start, self.pos);
                self.skip()?;
                let expr = if level + 1 == TIGHTEST {
                    self.operand()?
                } else {
                    self.operation(level + 1)?
                };
                self.push(Operand {
                    operator,
                    operator_span,
                    expr,
                });
                self.skip()?;
            }
            let rest = self.seal(begin);
            let start = self.expr_start(left);
            left = self.add_expr(start, ExprKind::Operation { first: left, rest });
        }
    }

    /// The binary operator here, its length and its level.
    #[inline]
    fn operator(&self) -> Option<(BinaryOperator, usize, u8)> {
        use BinaryOperator as B;
        let next = self.byte_at(self.pos + 1);
        Some(match self.byte() {
            b'|' if next == b'|' => (B::Or, 2, 0),
            b'&' if next == b'&' => (B::And, 2, 1),
            b'=' if next == b'=' => (B::Equal, 2, 2),
            b'!' if next == b'=' => (B::NotEqual, 2, 2),
            b'<' if next == b'=' => (B::LessOrEqual, 2, 3),
            b'<' => (B::Less, 1, 3),
            b'>' if next == b'=' => (B::GreaterOrEqual, 2, 3),
            b'>' => (B::Greater, 1, 3),
            b'+' => (B::Add, 1, 4),
            b'-' => (B::Subtract, 1, 4),
            b'*' => (B::Multiply, 1, 5),
            b'/' => (B::Divide, 1, 5),
            b'%' => (B::Modulo, 1, 5),
            _ => return None,
        })
    }

    /// Signs, a term, and the steps after it.
    fn operand(&mut self) -> Parsing<ExprId> {
        let operator = match self.byte() {
            b'-' => UnaryOperator::Negate,
            b'!' => UnaryOperator::Not,
            _ => {
                let term = self.term()?;
                return self.steps(term);
            }
        };
        let start = self.pos;
        self.take(1);
        self.enter()?;
        self.skip()?;
        let operand = self.operand()?;
        self.depth -= 1;
        Ok(self.add_expr(start, ExprKind::Unary { operator, operand }))
    }

    fn term(&mut self) -> Parsing<ExprId> {
        let start = self.pos;
        match self.byte() {
            b'"' => self.quoted(),
            b'[' => self.tuple(),
            b'{' => self.object(),
            b'(' => self.parentheses(),
            b'0'..=b'9' => {
                self.number();
                Ok(self.add_expr(start, ExprKind::Number))
            }
            b'<' if self.byte_at(start + 1) == b'<' => self.heredoc(),
            _ if self.at_name() => self.word(),
            _ => self.expected(Text::new("a value", "une valeur")),
        }
    }

    fn parentheses(&mut self) -> Parsing<ExprId> {
        let start = self.pos;
        self.take(1);
        let outer = std::mem::replace(&mut self.multiline, true);
        let inner = self.expression()?;
        self.skip()?;
        self.close(b')', start, Text::new("the parenthesis", "la parenthèse"))?;
        self.multiline = outer;
        Ok(self.add_expr(start, ExprKind::Parentheses(inner)))
    }

    /// Takes a closing bracket, or says where the open one is.
    fn close(&mut self, closer: u8, opener: usize, what: Text) -> Parsing<()> {
        if self.eat(closer) {
            return Ok(());
        }
        let problem = self
            .unexpected(Text::same(format!("`{}`", closer as char)))
            .related(
                self.place(Self::span(opener, opener + 1)),
                text!("{what} opened here", "{what} s’ouvre ici"; what),
            );
        self.fail(problem)
    }

    /// A name, a constant or a function call.
    fn word(&mut self) -> Parsing<ExprId> {
        let start = self.pos;
        let name = self.name();
        let end = self.pos;
        self.skip()?;
        match self.byte() {
            b'(' => return self.call(start, end),
            b':' if self.byte_at(self.pos + 1) == b':' => return self.namespaced(start),
            _ => {}
        }
        let kind = match self.slice(name) {
            "null" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            _ => ExprKind::Variable,
        };
        Ok(self.add_expr(start, kind))
    }

    fn namespaced(&mut self, start: usize) -> Parsing<ExprId> {
        while self.sees(b"::") {
            self.take(2);
            self.skip()?;
            if !self.at_name() {
                return self.expected(Text::new(
                    "the name of a function after `::`",
                    "le nom d’une fonction après `::`",
                ));
            }
            self.name();
            let end = self.pos;
            self.skip()?;
            if self.byte() == b'(' {
                return self.call(start, end);
            }
        }
        self.expected(Text::new(
            "`(` and the arguments of the function",
            "`(` et les arguments de la fonction",
        ))
    }

    /// From `(` on.
    fn call(&mut self, start: usize, name_end: usize) -> Parsing<ExprId> {
        let opener = self.pos;
        let name = Self::span(start, name_end);
        self.take(1);
        let outer = std::mem::replace(&mut self.multiline, true);
        let begin = self.begin::<ExprId>();
        let mut expand = false;
        loop {
            self.skip()?;
            if self.eat(b')') {
                break;
            }
            if expand {
                let problem = self
                    .unexpected(Text::new("`)` right after `...`", "`)` juste après `...`"))
                    .help(Text::new(
                        "only the last argument may be expanded, and no comma follows it",
                        "seul le dernier argument peut être développé, sans virgule après lui",
                    ));
                return self.fail(problem);
            }
            let arg = self.expression()?;
            self.push(arg);
            self.skip()?;
            match self.byte() {
                b',' => self.take(1),
                b')' => {}
                b'.' if self.sees(b"...") => {
                    self.take(3);
                    expand = true;
                }
                _ => {
                    let problem = self
                        .unexpected(Text::new("`,` or `)`", "`,` ou `)`"))
                        .related(
                            self.place(Self::span(opener, opener + 1)),
                            Text::new("the arguments start here", "les arguments commencent ici"),
                        );
                    return self.fail(problem);
                }
            }
        }
        self.multiline = outer;
        let args = self.seal(begin);
        let call = self.add(Call { name, args, expand });
        Ok(self.add_expr(start, ExprKind::Call(call)))
    }

    /// What follows a term: `.name`, `.0`, `[key]`, `.*`, `[*]`.
    fn steps(&mut self, base: ExprId) -> Parsing<ExprId> {
        let begin = self.begin::<Step>();
        let depth = self.depth;
        let mut after_splat = false;
        loop {
            self.skip()?;
            let start = self.pos;
            let kind = match self.byte() {
                b'.' if self.sees(b"...") => break,
                b'.' => self.dot_step(after_splat)?,
                b'[' => self.bracket_step()?,
                _ => break,
            };
            after_splat = match kind {
                StepKind::AttributeSplat => true,
                StepKind::Attribute(_) | StepKind::LegacyIndex(_) => after_splat,
                _ => false,
            };
            if matches!(kind, StepKind::FullSplat | StepKind::AttributeSplat) {
                // Each is a loop inside the loop before it, for whoever evaluates it.
                self.enter()?;
            }
            self.push(Step {
                span: Self::span(start, self.end),
                kind,
            });
        }
        self.depth = depth;
        let steps = self.seal(begin);
        if steps.is_empty() {
            return Ok(base);
        }
        let start = self.expr_start(base);
        Ok(self.add_expr(start, ExprKind::Traversal { base, steps }))
    }

    fn dot_step(&mut self, after_splat: bool) -> Parsing<StepKind> {
        self.take(1);
        self.skip()?;
        if self.at_name() {
            return Ok(StepKind::Attribute(self.name()));
        }
        match self.byte() {
            b'0'..=b'9' => {
                let start = self.pos;
                let index = self.number();
                if self.slice(index).contains('.') {
                    let problem = self
                        .problem(
                            ProblemCode::Syntax,
                            start,
                            self.end,
                            Text::new(
                                "two indices with dots cannot follow each other",
                                "deux indices à points ne peuvent pas se suivre",
                            ),
                        )
                        .help(Text::new(
                            "use brackets: `[0][1]`",
                            "employez des crochets : `[0][1]`",
                        ));
                    self.taint(problem);
                }
                Ok(StepKind::LegacyIndex(index))
            }
            b'*' if after_splat => {
                let problem = self
                    .unexpected(Text::new("an attribute name", "un nom d’attribut"))
                    .help(Text::new(
                        "a `.*` cannot stand inside another; use `[*]`",
                        "un `.*` ne peut pas se trouver dans un autre ; employez `[*]`",
                    ));
                self.fail(problem)
            }
            b'*' => {
                self.take(1);
                Ok(StepKind::AttributeSplat)
            }
            _ => self.expected(Text::new(
                "the name of an attribute after the dot",
                "le nom d’un attribut après le point",
            )),
        }
    }

    fn bracket_step(&mut self) -> Parsing<StepKind> {
        let opener = self.pos;
        self.take(1);
        self.skip()?;
        if self.byte() == b'*' {
            self.take(1);
            self.skip()?;
            self.close(b']', opener, Text::new("the bracket", "le crochet"))?;
            return Ok(StepKind::FullSplat);
        }
        let outer = std::mem::replace(&mut self.multiline, true);
        let key = self.expression()?;
        self.skip()?;
        self.close(b']', opener, Text::new("the bracket", "le crochet"))?;
        self.multiline = outer;
        Ok(StepKind::Index(key))
    }

    fn tuple(&mut self) -> Parsing<ExprId> {
        let start = self.pos;
        self.take(1);
        let outer = std::mem::replace(&mut self.multiline, true);
        self.skip()?;
        let kind = if self.at_word(b"for") {
            self.for_expression(start, b']')?
        } else {
            let begin = self.begin::<ExprId>();
            while !self.eat(b']') {
                let element = self.expression()?;
                self.push(element);
                self.skip()?;
                match self.byte() {
                    b',' => self.take(1),
                    b']' => {}
                    _ => {
                        let problem = self
                            .unexpected(Text::new("`,` or `]`", "`,` ou `]`"))
                            .related(
                                self.place(Self::span(start, start + 1)),
                                Text::new("the list starts here", "la liste commence ici"),
                            );
                        return self.fail(problem);
                    }
                }
                self.skip()?;
            }
            ExprKind::Tuple(self.seal(begin))
        };
        self.multiline = outer;
        Ok(self.add_expr(start, kind))
    }

    fn object(&mut self) -> Parsing<ExprId> {
        let start = self.pos;
        self.take(1);
        let outer = std::mem::replace(&mut self.multiline, false);
        self.skip_lines()?;
        let kind = if self.at_word(b"for") {
            self.multiline = true;
            self.for_expression(start, b'}')?
        } else {
            let begin = self.begin::<Member>();
            while !self.eat(b'}') {
                self.member(start)?;
                self.skip_lines()?;
            }
            ExprKind::Object(self.seal(begin))
        };
        self.multiline = outer;
        Ok(self.add_expr(start, kind))
    }

    /// One entry of an object and the separator after it.
    fn member(&mut self, opener: usize) -> Parsing<()> {
        let parenthesised = self.byte() == b'(';
        if self.at_end() {
            let problem = self.unexpected(Text::same("`}`")).related(
                self.place(Self::span(opener, opener + 1)),
                Text::new("the object starts here", "l’objet commence ici"),
            );
            return self.fail(problem);
        }
        let key = self.expression()?;
        let key_kind = match self.arenas.exprs.get(key.index()).map(|expr| expr.kind) {
            _ if parenthesised => KeyKind::Parenthesised,
            Some(ExprKind::Variable | ExprKind::Null | ExprKind::Bool(_)) => KeyKind::Name,
            _ => KeyKind::Expression,
        };
        self.skip()?;
        if !matches!(self.byte(), b'=' | b':') || self.sees(b"==") || self.sees(b"=>") {
            let problem = self
                .unexpected(Text::new("`=` and a value", "`=` et une valeur"))
                .related(
                    self.place(Self::span(opener, opener + 1)),
                    Text::new("the object starts here", "l’objet commence ici"),
                );
            return self.fail(problem);
        }
        self.take(1);
        let value = self.expression()?;
        self.push(Member {
            key,
            key_kind,
            value,
        });
        self.skip()?;
        match self.byte() {
            b',' => self.take(1),
            b'}' => {}
            _ if self.at_line_end() && !self.at_end() => {}
            _ => {
                let problem = self
                    .unexpected(Text::new(
                        "`,`, `}` or the end of the line",
                        "`,`, `}` ou la fin de la ligne",
                    ))
                    .related(
                        self.place(Self::span(opener, opener + 1)),
                        Text::new("the object starts here", "l’objet commence ici"),
                    );
                return self.fail(problem);
            }
        }
        Ok(())
    }

    /// From the word `for` to the closing bracket.
    fn for_expression(&mut self, opener: usize, closer: u8) -> Parsing<ExprKind> {
        let for_object = closer == b'}';
        self.name();
        let (key_name, value_name) = self.for_names()?;
        let collection = self.expression()?;
        self.skip()?;
        if self.byte() != b':' {
            return self.expected(Text::new(
                "`:` after the collection",
                "`:` après la collection",
            ));
        }
        self.take(1);
        let mut value = self.expression()?;
        let mut key = None;
        self.skip()?;
        let arrow = self.pos;
        if self.sees(b"=>") {
            self.take(2);
            key = Some(value);
            value = self.expression()?;
            self.skip()?;
        }
        let ellipsis = self.pos;
        let group = self.sees(b"...");
        if group {
            self.take(3);
            self.skip()?;
        }
        let mut condition = None;
        if self.at_word(b"if") {
            self.name();
            condition = Some(self.expression()?);
            self.skip()?;
        }
        self.close(closer, opener, Text::new("the bracket", "le crochet"))?;
        self.check_for(
            for_object,
            key.is_some().then_some(arrow),
            group.then_some(ellipsis),
            opener,
        );
        let id = self.add(For {
            key_name,
            value_name,
            collection,
            key,
            value,
            group,
            condition,
        });
        Ok(ExprKind::For(id))
    }

    /// What belongs to objects only, and what objects need.
    fn check_for(
        &mut self,
        for_object: bool,
        arrow: Option<usize>,
        ellipsis: Option<usize>,
        opener: usize,
    ) {
        let (at, len, message, help) = match (for_object, arrow, ellipsis) {
            (true, None, _) => (
                opener,
                1,
                Text::new(
                    "a `for` in braces needs a key",
                    "un `for` entre accolades a besoin d’une clé",
                ),
                Text::new(
                    "write `{for ... : key => value}`, or use brackets to make a list",
                    "écrivez `{for ... : clé => valeur}`, ou employez des crochets pour faire une liste",
                ),
            ),
            (false, Some(arrow), _) => (
                arrow,
                2,
                Text::new(
                    "a `for` in brackets takes no key",
                    "un `for` entre crochets ne prend pas de clé",
                ),
                Text::new(
                    "use braces to make an object, or leave out the key",
                    "employez des accolades pour faire un objet, ou ôtez la clé",
                ),
            ),
            (false, None, Some(ellipsis)) => (
                ellipsis,
                3,
                Text::new(
                    "a `for` in brackets cannot group",
                    "un `for` entre crochets ne peut pas regrouper",
                ),
                Text::new(
                    "`...` groups the values of an object by key: use braces, or leave it out",
                    "`...` regroupe par clé les valeurs d’un objet : employez des accolades, ou ôtez-le",
                ),
            ),
            _ => return,
        };
        let problem = self
            .problem(ProblemCode::Syntax, at, at + len, message)
            .help(help);
        self.taint(problem);
    }

    /// `name in` or `key, value in`, of an expression or a directive.
    pub(super) fn for_names(
        &mut self,
    ) -> Parsing<(Option<crate::source::Span>, crate::source::Span)> {
        self.skip()?;
        if !self.at_name() {
            return self.expected(Text::new(
                "the name of a variable after `for`",
                "le nom d’une variable après `for`",
            ));
        }
        let mut value_name = self.name();
        let mut key_name = None;
        self.skip()?;
        if self.eat(b',') {
            self.skip()?;
            if !self.at_name() {
                return self.expected(Text::new(
                    "the name of a second variable after the comma",
                    "le nom d’une deuxième variable après la virgule",
                ));
            }
            key_name = Some(std::mem::replace(&mut value_name, self.name()));
            self.skip()?;
        }
        if !self.at_word(b"in") {
            return self.expected(Text::new(
                "the word `in` and a collection",
                "le mot `in` et une collection",
            ));
        }
        self.name();
        Ok((key_name, value_name))
    }
}

//! WASI for policies: none.
//!
//! A runtime that imports WASI gets functions inside its own module instead. Those with an honest empty answer give it: no
//! arguments, no environment, no folder, a clock that stands still. All others trap when they are called, so that a policy
//! that needs a file or prints something stops instead of going on without.

use wasm_encoder::reencode::{self, Error, Reencode};
use wasm_encoder::{
    CodeSection, Function, FunctionSection, ImportSection, Instruction, MemArg, Module,
};
use wasmparser::{FuncType, Parser, Payload, TypeRef, ValType};

/// One function that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stub {
    /// `wasi_snapshot_preview1`, `wasi:cli/environment@0.2.0`
    pub module: String,
    /// Name of the function.
    pub name: String,
    /// It stops the policy when it is called; else it has an empty answer.
    pub traps: bool,
}

/// Is a name that modules import from one of WASI's?
pub(super) fn is_wasi(module: &str) -> bool {
    let module = module.strip_prefix("cm32p2|").unwrap_or(module);
    module.starts_with("wasi:")
        || matches!(module, "wasi_snapshot_preview1" | "wasi_unstable" | "wasi")
}

/// Nothing to add to what the encoder's own errors say.
type Failure = Error<std::convert::Infallible>;

/// Replaces every function that a valid module imports from WASI.
pub(super) fn replace(module: &[u8]) -> Result<(Vec<u8>, Vec<Stub>), Failure> {
    let mut rewriter = Rewriter::new(module)?;
    if rewriter.stubs.is_empty() {
        return Ok((module.to_vec(), Vec::new()));
    }
    let mut written = Module::new();
    rewriter.parse_core_module(&mut written, Parser::new(0), module)?;
    let stubs = rewriter.stubs.into_iter().map(|(stub, ..)| stub).collect();
    Ok((written.finish(), stubs))
}

/// Writes the module again. The stubs become the first functions of its own, so that only the indices of imported
/// functions change: there are as many of both together as before.
struct Rewriter {
    /// New index of each imported function.
    imported: Vec<u32>,
    /// With the index of its type, and what it does.
    stubs: Vec<(Stub, u32, Body)>,
}

/// What a stub does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Trap,
    /// Answers this number.
    Answer(i32),
    /// Writes 32-bit zeros to its two arguments and answers 0.
    TwoZeros,
    /// Writes 64-bit nanoseconds to an argument and answers 0.
    Nanoseconds(u32),
}

/// The clock stands at one second: Go's runtime does not start at zero.
const CLOCK: i64 = 1_000_000_000;

/// "Bad file descriptor": how a runtime learns that there are no folders.
const BADF: i32 = 8;

impl Body {
    /// By the name of a function of preview 1, when its type is the one that is documented.
    fn of(module: &str, name: &str, ty: Option<&FuncType>) -> Self {
        use ValType::{I32, I64};
        if module.contains(':') {
            return Self::Trap;
        }
        let (parameters, body): (&[ValType], Self) = match name {
            "args_sizes_get" | "environ_sizes_get" => (&[I32, I32], Self::TwoZeros),
            "args_get" | "environ_get" | "random_get" => (&[I32, I32], Self::Answer(0)),
            "clock_time_get" => (&[I32, I64, I32], Self::Nanoseconds(2)),
            "clock_res_get" => (&[I32, I32], Self::Nanoseconds(1)),
            "fd_prestat_get" => (&[I32, I32], Self::Answer(BADF)),
            "sched_yield" => (&[], Self::Answer(0)),
            _ => return Self::Trap,
        };
        let fits = ty.is_some_and(|ty| ty.params() == parameters && ty.results() == [I32]);
        if fits { body } else { Self::Trap }
    }

    fn function(self) -> Function {
        let mut function = Function::new([]);
        let store = |offset, align| MemArg {
            offset,
            align,
            memory_index: 0,
        };
        match self {
            Self::Trap => {
                function.instruction(&Instruction::Unreachable);
            }
            Self::Answer(number) => {
                function.instruction(&Instruction::I32Const(number));
            }
            Self::TwoZeros => {
                for argument in [0, 1] {
                    function
                        .instruction(&Instruction::LocalGet(argument))
                        .instruction(&Instruction::I32Const(0))
                        .instruction(&Instruction::I32Store(store(0, 2)));
                }
                function.instruction(&Instruction::I32Const(0));
            }
            Self::Nanoseconds(argument) => {
                function
                    .instruction(&Instruction::LocalGet(argument))
                    .instruction(&Instruction::I64Const(CLOCK))
                    .instruction(&Instruction::I64Store(store(0, 3)))
                    .instruction(&Instruction::I32Const(0));
            }
        }
        function.instruction(&Instruction::End);
        function
    }
}

impl Rewriter {
    /// Finds what is imported from WASI.
    fn new(module: &[u8]) -> Result<Self, Failure> {
        let mut types: Vec<Option<FuncType>> = Vec::new();
        let (mut imports, mut stubs, mut has_memory) = (Vec::new(), Vec::new(), false);
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for ty in group?.into_types() {
                            let ty = ty.composite_type.inner;
                            types.push(match ty {
                                wasmparser::CompositeInnerType::Func(ty) => Some(ty),
                                _ => None,
                            });
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import.ty {
                            let wasi = is_wasi(import.module);
                            imports.push(wasi);
                            if wasi {
                                stubs.push((import.module.to_owned(), import.name.to_owned(), ty));
                            }
                        }
                    }
                }
                Payload::MemorySection(section) => has_memory = section.count() > 0,
                _ => {}
            }
        }
        let kept = imports.iter().filter(|wasi| !**wasi).count() as u32;
        let (mut next, mut next_stub) = (0, kept);
        let imported = imports.iter().map(|wasi| {
            let counter = if *wasi { &mut next_stub } else { &mut next };
            let index = *counter;
            *counter += 1;
            index
        });
        let imported = imported.collect();
        let stubs = stubs.into_iter().map(|(module, name, ty)| {
            let body = match types.get(ty as usize) {
                Some(of) if has_memory => Body::of(&module, &name, of.as_ref()),
                _ => Body::Trap,
            };
            let traps = body == Body::Trap;
            (
                Stub {
                    module,
                    name,
                    traps,
                },
                ty,
                body,
            )
        });
        Ok(Self {
            imported,
            stubs: stubs.collect(),
        })
    }
}

impl Reencode for Rewriter {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Failure> {
        let moved = self.imported.get(function as usize);
        Ok(moved.copied().unwrap_or(function))
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Failure> {
        for import in section.into_imports() {
            let import = import?;
            let function = matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
            if !(function && is_wasi(import.module)) {
                self.parse_import(imports, import)?;
            }
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), Failure> {
        for (_, ty, _) in &self.stubs {
            functions.function(*ty);
        }
        reencode::utils::parse_function_section(self, functions, section)
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), Failure> {
        for (_, _, body) in &self.stubs {
            code.function(&body.function());
        }
        reencode::utils::parse_code_section(self, code, section)
    }

    /// Names of functions are listed by index, and these have moved.
    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Failure> {
        if section.name() == "name" {
            return Ok(());
        }
        reencode::utils::parse_custom_section(self, module, section)
    }
}

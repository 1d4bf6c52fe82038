#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| gardefou_fuzz::plan(text));

//! The checks of linked programs find what they check for: panics, software floats, state in flash.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use bitneural_targets::RV32IMC;
use bitneural_tests::elf::{Elf, Place};
use bitneural_tests::runners::emulated::{Error, OptLevel, Program, build, is_skipped};

/// Does this with a program, built at each optimization level.
fn at_each_level(program: &str, check: impl Fn(&Program, &Elf)) {
    if is_skipped() {
        return;
    }
    for level in OptLevel::ALL {
        println!("{program} at opt-level {}", level.name());
        let program = build(RV32IMC, "controls", program, level, &[])
            .unwrap_or_else(|error| panic!("{error}"));
        let elf = Elf::open(program.elf()).unwrap();
        check(&program, &elf);
    }
}

#[test]
fn a_clean_program_has_no_faults() {
    at_each_level("clean", |program, elf| {
        assert_eq!(elf.panics(), [""; 0]);
        assert_eq!(elf.soft_floats(), [""; 0]);
        assert_eq!(elf.data_bytes(), 0);
        assert_eq!(elf.bytes("clean::WEIGHTS", Place::ReadOnly), 256);
        assert_eq!(elf.bytes("clean::STATE", Place::Zeroed), 1024);

        let transcript = program
            .run(&[1, 0, u32::MAX])
            .unwrap_or_else(|error| panic!("{error}"));
        transcript.check_calibration(RV32IMC.counter).unwrap();
        assert_eq!(transcript.numbers("sum").unwrap(), [256 * 7, 0]);
        assert_eq!(
            transcript.numbers("data").unwrap(),
            [3, i64::from(u32::MAX)]
        );
        assert_eq!(transcript.numbers("allocated").unwrap(), [-7, -7, -7, 8, 8]);
    });
}

#[test]
fn painted_stack_is_measured() {
    at_each_level("clean", |program, _| {
        let transcript = program.run(&[]).unwrap_or_else(|error| panic!("{error}"));
        let small = transcript.number("small_stack").unwrap();
        assert!(small <= 64, "{small} bytes for work on two bytes");
        let large = transcript.number("large_stack").unwrap();
        assert!(
            (4096..4096 + 64).contains(&large),
            "{large} bytes for an array of 4096 bytes"
        );
    });
}

#[test]
fn a_program_that_panics_is_found() {
    at_each_level("control_panic", |program, elf| {
        let panics = elf.panics();
        assert!(panics.contains(&"board_panicked"), "{panics:?}");
        assert!(
            panics
                .iter()
                .any(|name| name.starts_with("core::panicking::")),
            "{panics:?}"
        );
        match program.run(&[]) {
            Err(Error::Failed {
                code: Some(101),
                transcript,
            }) => {
                let places: Vec<_> = transcript.lines("panic").collect();
                assert!(
                    places.len() == 1 && places[0][0].ends_with("control_panic.rs"),
                    "{places:?}"
                );
            }
            other => panic!("not a panic: {other:?}"),
        }
    });
}

#[test]
fn a_program_that_adds_floats_is_found() {
    at_each_level("control_float", |program, elf| {
        let routines = elf.soft_floats();
        assert!(routines.contains(&"__addsf3"), "{routines:?}");
        assert_eq!(elf.panics(), [""; 0]);
        let transcript = program.run(&[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            transcript.number("bits").unwrap(),
            i64::from(3.75f32.to_bits())
        );
    });
}

#[test]
fn state_with_a_first_value_is_found() {
    at_each_level("control_data", |_, elf| {
        assert_eq!(elf.data_bytes(), 64);
        assert_eq!(elf.bytes("control_data::STATE", Place::Data), 64);
    });
}

//! The machines that QEMU emulates for us, and what their programs in C are compiled by.

/// A machine that QEMU emulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Our name, that of folders and result files.
    pub name: &'static str,
    /// The Rust target, which is also the name of its toolchain among the [`Need`](crate::Need)s.
    pub target: &'static str,
    /// What files of the board are called that are for it: start-up code and linker script.
    pub board: &'static str,
    /// The emulator and its arguments, up to the program to run. Virtual time advances with instructions alone, so
    /// that what can be counted is the same on every run.
    pub emulator: &'static [&'static str],
    /// Where a file of input data is put in memory.
    pub data_address: u32,
    /// How well it counts instructions.
    pub counter: Counter,
    /// How C is compiled for it.
    pub c: C,
}

/// How well a machine counts instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Each.
    Exact,
    /// By a clock: one more or less.
    Near,
    /// Not at all: every count is 0.
    Missing,
}

/// A cross compiler of C, with what makes it compile for a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct C {
    /// The command.
    pub compiler: &'static str,
    /// The processor and its conventions.
    pub options: &'static [&'static str],
}

/// RISC-V without floating point and atomics, as in the ESP32-C3.
pub const RV32IMC: Machine = Machine {
    name: "rv32imc",
    target: "riscv32imc-unknown-none-elf",
    board: "riscv32",
    emulator: &[
        "qemu-system-riscv32",
        "-machine",
        "virt",
        "-bios",
        "none",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio",
        "-icount",
        "shift=0",
    ],
    data_address: 0x8400_0000,
    counter: Counter::Exact,
    c: C {
        compiler: "riscv64-unknown-elf-gcc",
        options: &["-march=rv32imc", "-mabi=ilp32"],
    },
};

/// Arm with an FPU for `f32`, as in most chips with a Cortex-M4F.
pub const CORTEX_M4F: Machine = Machine {
    name: "cortex-m4f",
    target: "thumbv7em-none-eabihf",
    board: "arm",
    emulator: &[
        "qemu-system-arm",
        "-machine",
        "mps2-an386",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-chardev",
        "stdio,id=console",
        "-semihosting-config",
        "enable=on,target=native,chardev=console",
        "-icount",
        "shift=6",
    ],
    data_address: 0x2100_0000,
    counter: Counter::Near,
    c: C {
        compiler: "arm-none-eabi-gcc",
        options: &["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard"],
    },
};

/// Arm without floating point.
pub const CORTEX_M3: Machine = Machine {
    name: "cortex-m3",
    target: "thumbv7m-none-eabi",
    board: "arm",
    emulator: &[
        "qemu-system-arm",
        "-machine",
        "mps2-an385",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-chardev",
        "stdio,id=console",
        "-semihosting-config",
        "enable=on,target=native,chardev=console",
        "-icount",
        "shift=6",
    ],
    data_address: 0x2100_0000,
    counter: Counter::Near,
    c: C {
        compiler: "arm-none-eabi-gcc",
        options: &["-mcpu=cortex-m3", "-mthumb"],
    },
};

/// The smallest Arm, whose multiplier gives 32 bits, and which has neither a division nor atomics. The board has
/// more memory than any that is sold, so that all cases of a test are one program; the processor is the real one,
/// which faults for instructions of larger ones.
pub const CORTEX_M0: Machine = Machine {
    name: "cortex-m0",
    target: "thumbv6m-none-eabi",
    board: "arm",
    emulator: &[
        "qemu-system-arm",
        "-machine",
        "microbit",
        "-global",
        "nrf51-soc.flash-size=4194304",
        "-global",
        "nrf51-soc.sram-size=33554432",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-chardev",
        "stdio,id=console",
        "-semihosting-config",
        "enable=on,target=native,chardev=console",
        "-icount",
        "shift=6",
    ],
    data_address: 0x2100_0000,
    counter: Counter::Near,
    c: C {
        compiler: "arm-none-eabi-gcc",
        options: &["-mcpu=cortex-m0", "-mthumb"],
    },
};

/// Xtensa with the instructions that the ESP8266 and all later ones have. How programs are built for it is no user's
/// way: see `Toolchain`.
pub const XTENSA: Machine = Machine {
    name: "xtensa",
    target: "xtensa-sim-none-elf",
    board: "xtensa",
    emulator: &[
        "qemu-system-xtensa",
        "-machine",
        "sim",
        "-cpu",
        "dc233c",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-semihosting",
        "-icount",
        "shift=0",
    ],
    data_address: 0x0400_0000,
    counter: Counter::Missing,
    c: C {
        compiler: "xtensa-lx106-elf-gcc",
        options: &["-mtext-section-literals"],
    },
};

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::root;

    /// A machine of the page that is none, or the other way round, is found.
    #[test]
    fn the_page_of_targets_has_each_machine() {
        let page = fs::read_to_string(root().join("docs/targets.md")).unwrap();
        let (_, page) = page.split_once("## Machines\n").expect("a table");
        let table = page
            .trim_start()
            .lines()
            .take_while(|line| line.starts_with('|'));
        let rows: Vec<Vec<&str>> = table
            .skip(2)
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        let expected = [RV32IMC, CORTEX_M4F, CORTEX_M3, CORTEX_M0, XTENSA];
        assert_eq!(rows.len(), expected.len());
        for (cells, machine) in rows.iter().zip(expected) {
            let counts = match machine.counter {
                Counter::Exact => "each",
                Counter::Near => "one more or less",
                Counter::Missing => "no",
            };
            assert_eq!(cells[1], machine.name);
            assert_eq!(cells[2], format!("`{}`", machine.target));
            assert!(cells[3].contains(machine.emulator[0]), "{}", machine.name);
            assert!(cells[3].contains(machine.emulator[2]), "{}", machine.name);
            assert_eq!(cells[4], machine.c.compiler);
            assert_eq!(cells[5], counts, "{}", machine.name);
        }
    }
}

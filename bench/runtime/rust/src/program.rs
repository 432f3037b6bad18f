// What the Rust programs of this benchmark have in common: the command line that ../../README.md describes.

use std::time::Instant;

pub type Row = (&'static str, fn(i64, i64)); // its name, and what does n operations with the number behind the colon

pub const LARGE: usize = 64 * 1024;

pub fn main(rows: &[Row], version: &str) {
    let args: Vec<String> = std::env::args().collect();

    if args.len() == 2 && args[1] == "version" {
        println!("{version}");
        return;
    }
    if args.len() == 3 {
        let (name, k) = args[1].split_once(':').unwrap_or((&args[1], "1"));
        let (n, k): (i64, i64) = (args[2].parse().unwrap(), k.parse().unwrap());

        if let Some((_, run)) = rows.iter().find(|row| row.0 == name) {
            // A second thread, asleep: glibc allocates without atomic operations as long as there is only one.
            std::thread::spawn(|| loop {
                std::thread::park()
            });
            run(n / 20 + 1, k);
            let start = Instant::now();
            run(n, k);
            println!("{}", start.elapsed().as_nanos());
            return;
        }
    }
    std::process::exit(3); // not a row of this program
}

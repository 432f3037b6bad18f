// The rows of ../../../README.md with Rust's standard library.

#[path = "../program.rs"]
mod program;

use program::LARGE;
use std::hint::black_box;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{channel, sync_channel as bounded_channel, Receiver};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

include!("../same_rows.rs");

fn spawn(n: i64, _: i64) {
    for _ in 0..n {
        thread::spawn(|| {}).join().unwrap();
    }
}

static COUNT: Mutex<i64> = Mutex::new(0);
static TABLE: RwLock<i64> = RwLock::new(1);

fn lock(n: i64, _: i64) {
    for _ in 0..n {
        *COUNT.lock().unwrap() += 1;
    }
}

fn read(n: i64, _: i64) {
    let mut sum = 0;

    for _ in 0..n {
        sum += *TABLE.read().unwrap();
    }
    assert!(sum >= n);
}

fn write(n: i64, _: i64) {
    for _ in 0..n {
        *TABLE.write().unwrap() += 1;
    }
}

fn arc(n: i64, _: i64) {
    let a = Arc::new(7i64);

    for _ in 0..n {
        drop(black_box(a.clone()));
    }
}

fn park(n: i64, _: i64) {
    static TURN: AtomicI64 = AtomicI64::new(0);
    let asker = thread::current();

    TURN.store(0, Ordering::Relaxed);
    let answerer = thread::spawn(move || {
        for i in 0..n {
            while TURN.load(Ordering::Acquire) != 2 * i + 1 {
                thread::park();
            }
            TURN.store(2 * i + 2, Ordering::Release);
            asker.unpark();
        }
    });
    for i in 0..n {
        TURN.store(2 * i + 1, Ordering::Release);
        answerer.thread().unpark();
        while TURN.load(Ordering::Acquire) != 2 * i + 2 {
            thread::park();
        }
    }
    answerer.join().unwrap();
}

fn main() {
    program::main(
        &[
            ("spawn", spawn),
            ("lock", lock),
            ("counter", counter),
            ("read", read),
            ("write", write),
            ("unbounded", unbounded),
            ("one-thread", one_thread),
            ("large", large),
            ("ping-pong", ping_pong),
            ("bounded", bounded),
            ("rendezvous", rendezvous),
            ("arc", arc),
            ("park", park),
        ],
        option_env!("PEER_VERSION").unwrap_or("Rust std"),
    );
}

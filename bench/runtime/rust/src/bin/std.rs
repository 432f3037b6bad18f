// The rows of ../../../README.md with Rust's standard library.

#[path = "../program.rs"]
mod program;

use program::LARGE;
use std::hint::black_box;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{channel, sync_channel, Receiver};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

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

fn counter(n: i64, _: i64) {
    let other = thread::spawn(move || lock(n / 2, 1));

    lock(n / 2, 1);
    other.join().unwrap();
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

fn receive_all(rx: Receiver<i64>, expected: i64) {
    let mut n = 0;

    for v in rx {
        black_box(v);
        n += 1;
    }
    assert_eq!(n, expected);
}

fn unbounded(n: i64, k: i64) {
    let (tx, rx) = channel();

    for _ in 0..k {
        let tx = tx.clone();
        thread::spawn(move || (0..n / k).for_each(|i| tx.send(i).unwrap()));
    }
    drop(tx);
    receive_all(rx, n / k * k);
}

fn bounded(n: i64, k: i64) {
    let (tx, rx) = sync_channel(k as usize);

    thread::spawn(move || (0..n).for_each(|i| tx.send(i).unwrap()));
    receive_all(rx, n);
}

fn rendezvous(n: i64, _: i64) {
    bounded(n, 0);
}

fn one_thread(n: i64, _: i64) {
    let (tx, rx) = channel();

    for i in 0..n {
        tx.send(i).unwrap();
        black_box(rx.recv().unwrap());
    }
}

fn large(n: i64, _: i64) {
    let (tx, rx) = channel();
    let mut out = [0u8; LARGE];
    let mut got;

    for i in 0..n {
        out[i as usize % LARGE] = i as u8;
        tx.send(out).unwrap();
        got = rx.recv().unwrap();
        black_box(&got);
    }
}

fn ping_pong(n: i64, _: i64) {
    let (there, arrived) = channel();
    let (back, returned) = channel();

    thread::spawn(move || arrived.iter().for_each(|v: i64| back.send(v).unwrap()));
    for i in 0..n {
        there.send(i).unwrap();
        black_box(returned.recv().unwrap());
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

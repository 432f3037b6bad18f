// The rows of ../../../README.md with crossbeam (channels, scoped threads' parker) and parking_lot (locks): what Rust
// programmers take when the standard library is too slow for them.

#[path = "../program.rs"]
mod program;

use crossbeam_channel::{bounded as bounded_channel, unbounded as channel, Receiver, Select};
use crossbeam_utils::sync::Parker;
use parking_lot::{Mutex, RwLock};
use program::LARGE;
use std::hint::black_box;
use std::thread;

include!("../same_rows.rs");

static COUNT: Mutex<i64> = parking_lot::const_mutex(0);
static TABLE: RwLock<i64> = parking_lot::const_rwlock(1);

fn lock(n: i64, _: i64) {
    for _ in 0..n {
        *COUNT.lock() += 1;
    }
}

fn read(n: i64, _: i64) {
    let mut sum = 0;

    for _ in 0..n {
        sum += *TABLE.read();
    }
    assert!(sum >= n);
}

fn write(n: i64, _: i64) {
    for _ in 0..n {
        *TABLE.write() += 1;
    }
}

fn shared(n: i64, k: i64) {
    let (tx, rx) = channel();
    let receivers: Vec<_> = (0..k)
        .map(|_| {
            let rx = rx.clone();
            thread::spawn(move || count_all(rx))
        })
        .collect();

    drop(rx);
    (0..n).for_each(|i| tx.send(i).unwrap());
    drop(tx);
    let got: i64 = receivers.into_iter().map(|r| r.join().unwrap()).sum();
    assert_eq!(got, n);
}

fn select(n: i64, k: i64) {
    let (tx, rx): (Vec<_>, Vec<_>) = (0..k).map(|_| channel::<i64>()).unzip();
    let sender = thread::spawn(move || {
        (0..n).for_each(|i| tx[(i % k) as usize].send(i).unwrap());
        tx // open until everything is received: a closed channel is always ready
    });

    match k {
        2 => (0..n).for_each(|_| {
            crossbeam_channel::select! {
                recv(rx[0]) -> v => { black_box(v.unwrap()); }
                recv(rx[1]) -> v => { black_box(v.unwrap()); }
            }
        }),
        4 => (0..n).for_each(|_| {
            crossbeam_channel::select! {
                recv(rx[0]) -> v => { black_box(v.unwrap()); }
                recv(rx[1]) -> v => { black_box(v.unwrap()); }
                recv(rx[2]) -> v => { black_box(v.unwrap()); }
                recv(rx[3]) -> v => { black_box(v.unwrap()); }
            }
        }),
        _ => {
            let mut list = Select::new();

            for one in &rx {
                list.recv(one);
            }
            for _ in 0..n {
                let chosen = list.select();
                let which = chosen.index();
                black_box(chosen.recv(&rx[which]).unwrap());
            }
        }
    }
    drop(sender.join().unwrap());
}

fn park(n: i64, _: i64) {
    let (asker, answerer) = (Parker::new(), Parker::new());
    let (wake_asker, wake_answerer) = (asker.unparker().clone(), answerer.unparker().clone());

    let other = thread::spawn(move || {
        for _ in 0..n {
            answerer.park();
            wake_asker.unpark();
        }
    });
    for _ in 0..n {
        wake_answerer.unpark();
        asker.park();
    }
    other.join().unwrap();
}

fn main() {
    program::main(
        &[
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
            ("shared", shared),
            ("select", select),
            ("park", park),
        ],
        option_env!("PEER_VERSION").unwrap_or("crossbeam and parking_lot"),
    );
}

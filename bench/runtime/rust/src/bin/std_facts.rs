// What things weigh and what idleness costs, with Rust's standard library: the keys of ../../../fearless_facts.c, where
// the method is explained. The heap is counted by malloc, which Rust's default allocator calls.

use std::mem::size_of;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{channel, sync_channel, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, Once, RwLock};
use std::thread;
use std::time::{Duration, Instant};

const MANY: usize = 1000;

#[repr(C)]
#[derive(Clone, Copy)]
struct Mallinfo2 {
    arena: usize,
    ordblks: usize,
    smblks: usize,
    hblks: usize,
    hblkhd: usize,
    usmblks: usize,
    fsmblks: usize,
    uordblks: usize,
    fordblks: usize,
    keepcost: usize,
}

#[repr(C)]
struct Timespec {
    sec: i64,
    nsec: i64,
}

extern "C" {
    fn mallinfo2() -> Mallinfo2;
    fn clock_gettime(clock: i32, t: *mut Timespec) -> i32;
}

fn heap() -> usize {
    let info = unsafe { mallinfo2() };
    info.uordblks + info.hblkhd
}

fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn cpu_ms() -> f64 {
    let mut t = Timespec { sec: 0, nsec: 0 };
    unsafe { clock_gettime(2, &mut t) }; // CLOCK_PROCESS_CPUTIME_ID
    t.sec as f64 * 1e3 + t.nsec as f64 / 1e6
}

fn idle_cpu_ms() -> f64 {
    let mut before = cpu_ms();
    for _ in 0..100 {
        thread::sleep(Duration::from_millis(100));
        let now = cpu_ms();
        if now - before < 0.5 {
            break;
        }
        before = now;
    }
    before = cpu_ms();
    thread::sleep(Duration::from_secs(1));
    cpu_ms() - before
}

fn say(key: &str, value: f64) {
    println!("{key}\t{value:.0}");
}

fn heap_of<T>(key: &str, make: impl Fn(usize) -> T) {
    let mut all: Vec<T> = Vec::with_capacity(MANY);
    let before = heap();
    for i in 0..MANY {
        all.push(make(i));
    }
    say(key, (heap() - before) as f64 / MANY as f64);
}

static RUNNING: AtomicUsize = AtomicUsize::new(0);
static STOP: AtomicBool = AtomicBool::new(false);

fn until_running(n: usize) {
    while RUNNING.load(Ordering::Relaxed) < n {
        thread::sleep(Duration::from_millis(1));
    }
}

fn small() -> thread::Builder {
    thread::Builder::new().stack_size(64 * 1024)
}

fn idle_receivers(n: usize) {
    let pages = resident();
    RUNNING.store(0, Ordering::Relaxed);
    let (ends, handles): (Vec<Sender<()>>, Vec<_>) = (0..n)
        .map(|_| {
            let (tx, rx) = channel::<()>();
            let wait = move || {
                RUNNING.fetch_add(1, Ordering::Relaxed);
                let _ = rx.recv();
            };
            (tx, small().spawn(wait).unwrap())
        })
        .unzip();
    until_running(n);
    say(&format!("{n} idle receivers: ms of CPU in a second"), idle_cpu_ms());
    say("resident bytes of a thread that receives", (resident() - pages) as f64 / n as f64);
    drop(ends);
    handles.into_iter().for_each(|h| h.join().unwrap());
}

fn parked_threads(n: usize) {
    let mut handles = Vec::with_capacity(n);
    let (before, pages) = (heap(), resident());
    RUNNING.store(0, Ordering::Relaxed);
    for _ in 0..n {
        let wait = || {
            RUNNING.fetch_add(1, Ordering::Relaxed);
            while !STOP.load(Ordering::Acquire) {
                thread::park();
            }
        };
        handles.push(small().spawn(wait).unwrap());
    }
    until_running(n);
    say(&format!("{n} parked threads: ms of CPU in a second"), idle_cpu_ms());
    say("heap of a thread's record", (heap() - before) as f64 / n as f64);
    say("resident bytes of a parked thread", (resident() - pages) as f64 / n as f64);
    STOP.store(true, Ordering::Release);
    for h in handles {
        h.thread().unpark();
        h.join().unwrap();
    }
}

fn live_channels(n: usize) {
    let all: Vec<(Sender<i64>, Receiver<i64>)> = (0..n).map(|_| channel()).collect();
    say(&format!("{n} live channels: ms of CPU in a second"), idle_cpu_ms());
    let mut start = Instant::now();
    for _ in 0..2 {
        start = Instant::now();
        for (tx, rx) in &all {
            tx.send(1).unwrap();
            rx.recv().unwrap();
        }
    }
    say(
        &format!("{n} live channels: ns of a send and receive in each"),
        start.elapsed().as_nanos() as f64 / n as f64,
    );
}

fn main() {
    let args: Vec<usize> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let threads = args.first().copied().unwrap_or(10000);
    let live = args.get(1).copied().unwrap_or(100000);

    say("size of a Mutex of an int", size_of::<Mutex<i32>>() as f64);
    say("size of a RwLock of an int", size_of::<RwLock<i32>>() as f64);
    say("size of a Condvar", size_of::<Condvar>() as f64);
    say("size of a Once", size_of::<Once>() as f64);
    say("size of a sender", size_of::<Sender<i32>>() as f64);
    say("size of a receiver", size_of::<Receiver<i32>>() as f64);
    heap_of("heap of an Arc of 8 bytes", |i| Arc::new(i as i64));
    heap_of("heap of an unbounded channel, new", |_| channel::<i64>());
    heap_of("heap of an unbounded channel, used once", |i| {
        let (tx, rx) = channel::<i64>();
        tx.send(i as i64).unwrap();
        rx.recv().unwrap();
        (tx, rx)
    });
    heap_of("heap of a bounded (16) channel", |_| sync_channel::<i64>(16));
    heap_of("heap of a rendezvous channel", |_| sync_channel::<i64>(0));
    idle_receivers(threads);
    parked_threads(threads);
    live_channels(live);
}

// The rows that are the same to the letter for every peer in Rust: only `channel`, `bounded_channel`, `Receiver` and `lock`
// are another library's. Included by bin/std.rs and bin/crossbeam.rs, so that each is compiled against its own.

fn counter(n: i64, _: i64) {
    let other = thread::spawn(move || lock(n / 2, 1));

    lock(n / 2, 1);
    other.join().unwrap();
}

fn count_all(rx: Receiver<i64>) -> i64 {
    let mut n = 0;

    for v in rx {
        black_box(v);
        n += 1;
    }
    n
}

fn unbounded(n: i64, k: i64) {
    let (tx, rx) = channel();

    for _ in 0..k {
        let tx = tx.clone();
        thread::spawn(move || (0..n / k).for_each(|i| tx.send(i).unwrap()));
    }
    drop(tx);
    assert_eq!(count_all(rx), n / k * k);
}

fn bounded(n: i64, k: i64) {
    let (tx, rx) = bounded_channel(k as usize);

    thread::spawn(move || (0..n).for_each(|i| tx.send(i).unwrap()));
    assert_eq!(count_all(rx), n);
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

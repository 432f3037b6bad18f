// The rows of ../README.md with Go's goroutines, channels and sync. Goroutines are tasks, not threads: where that makes
// the difference (spawn, rendezvous, ping-pong, park), the table compares the threads of the others with each other.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

const large = 64 * 1024

// Go has no unbounded channel: this is one that is seldom full.
const nearlyUnbounded = 1 << 16

var (
	mutex   sync.Mutex
	rwMutex sync.RWMutex
	count   int64
	sink    int64
)

func spawn(n int64, k int) {
	done := make(chan struct{})
	for i := int64(0); i < n; i++ {
		go func() { done <- struct{}{} }()
		<-done
	}
}

func lock(n int64, k int) {
	for i := int64(0); i < n; i++ {
		mutex.Lock()
		count++
		mutex.Unlock()
	}
}

func counter(n int64, k int) {
	done := make(chan struct{})
	go func() { lock(n/2, 1); close(done) }()
	lock(n/2, 1)
	<-done
}

func read(n int64, k int) {
	for i := int64(0); i < n; i++ {
		rwMutex.RLock()
		sink += count
		rwMutex.RUnlock()
	}
}

func write(n int64, k int) {
	for i := int64(0); i < n; i++ {
		rwMutex.Lock()
		count++
		rwMutex.Unlock()
	}
}

func receiveAll(c chan int64) int64 {
	n := int64(0)
	for v := range c {
		sink = v
		n++
	}
	return n
}

func sendFrom(c chan int64, n int64, senders int) {
	var all sync.WaitGroup
	all.Add(senders)
	for s := 0; s < senders; s++ {
		go func() {
			for i := int64(0); i < n/int64(senders); i++ {
				c <- i
			}
			all.Done()
		}()
	}
	go func() { all.Wait(); close(c) }()
	if receiveAll(c) != n/int64(senders)*int64(senders) {
		panic("a value was lost")
	}
}

func unbounded(n int64, k int)  { sendFrom(make(chan int64, nearlyUnbounded), n, k) }
func bounded(n int64, k int)    { sendFrom(make(chan int64, k), n, 1) }
func rendezvous(n int64, k int) { sendFrom(make(chan int64), n, 1) }

func shared(n int64, k int) {
	c := make(chan int64, nearlyUnbounded)
	got := make(chan int64)
	for r := 0; r < k; r++ {
		go func() {
			n := int64(0)
			for range c {
				n++
			}
			got <- n
		}()
	}
	for i := int64(0); i < n; i++ {
		c <- i
	}
	close(c)
	for r := 0; r < k; r++ {
		n -= <-got
	}
	if n != 0 {
		panic("a value was lost")
	}
}

func oneThread(n int64, k int) {
	c := make(chan int64, nearlyUnbounded)
	for i := int64(0); i < n; i++ {
		c <- i
		sink = <-c
	}
}

func largeMessages(n int64, k int) {
	type message [large - 1]byte // the largest element of a Go channel is a byte short of 64 KiB
	c := make(chan message, 1)
	var out, in message
	for i := int64(0); i < n; i++ {
		out[i%(large-1)] = byte(i)
		c <- out
		in = <-c
	}
	sink = int64(in[0])
}

func pingPong(n int64, k int) {
	there, back := make(chan int64), make(chan int64)
	go func() {
		for v := range there {
			back <- v
		}
	}()
	for i := int64(0); i < n; i++ {
		there <- i
		sink = <-back
	}
	close(there)
}

func selectOf(n int64, k int) {
	c := make([]chan int64, 8)
	for i := 0; i < k; i++ {
		c[i] = make(chan int64, nearlyUnbounded)
	}
	go func() {
		for i := int64(0); i < n; i++ {
			c[i%int64(k)] <- i
		}
	}()
	for i := int64(0); i < n; i++ {
		switch k {
		case 2:
			select {
			case sink = <-c[0]:
			case sink = <-c[1]:
			}
		case 4:
			select {
			case sink = <-c[0]:
			case sink = <-c[1]:
			case sink = <-c[2]:
			case sink = <-c[3]:
			}
		default:
			select {
			case sink = <-c[0]:
			case sink = <-c[1]:
			case sink = <-c[2]:
			case sink = <-c[3]:
			case sink = <-c[4]:
			case sink = <-c[5]:
			case sink = <-c[6]:
			case sink = <-c[7]:
			}
		}
	}
}

var rows = map[string]func(int64, int){
	"spawn": spawn, "lock": lock, "counter": counter, "read": read, "write": write, "unbounded": unbounded,
	"one-thread": oneThread, "large": largeMessages, "ping-pong": pingPong, "bounded": bounded,
	"rendezvous": rendezvous, "shared": shared, "select": selectOf,
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(runtime.Version())
		return
	}
	if len(os.Args) == 3 {
		name, number, _ := strings.Cut(os.Args[1], ":")
		k, err := strconv.Atoi(number)
		if err != nil {
			k = 1
		}
		n, _ := strconv.ParseInt(os.Args[2], 10, 64)
		if run, ok := rows[name]; ok {
			run(n/20+1, k)
			start := time.Now()
			run(n, k)
			fmt.Println(time.Since(start).Nanoseconds())
			return
		}
	}
	os.Exit(3) // not a row of this program
}

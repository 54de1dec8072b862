//! The log of the process, line by line to standard error, by a thread of its own.
//!
//! **Invariant:** nobody who logs ever waits for whoever reads the log, nor fails with it. A pipe that is full or closed
//! costs lines, which are counted, and nothing else: a server that cannot tell what it does still does it.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Lines that may wait; what comes then is counted and lost.
const MOST_WAITING: usize = 8_192;
/// How long a process that ends waits for its last lines.
const LAST_WAIT: Duration = Duration::from_millis(500);

enum Order {
    Line(Vec<u8>),
    /// Answered once everything before it was written.
    Drained(SyncSender<()>),
}

/// Where lines go in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Console {
    orders: SyncSender<Order>,
    lost: Arc<AtomicU64>,
}

static CONSOLE: OnceLock<Console> = OnceLock::new();

impl Console {
    /// The console of this process.
    pub(crate) fn of_process() -> Console {
        CONSOLE.get_or_init(|| Console::over(error_output())).clone()
    }

    /// A console over any writer.
    fn over(to: impl Write + Send + 'static) -> Console {
        let (orders, waiting) = sync_channel(MOST_WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let count = lost.clone();
        // Without a thread lines are lost, as with a closed pipe.
        let _ =
            std::thread::Builder::new().name("console".to_owned()).spawn(move || write(to, &waiting, &count));
        Console { orders, lost }
    }

    /// Waits, not for long, until what was logged so far is written.
    fn drain(&self) {
        let (told, hear) = sync_channel(1);
        if self.orders.try_send(Order::Drained(told)).is_ok() {
            let _ = hear.recv_timeout(LAST_WAIT);
        }
    }
}

/// Standard error by a descriptor of its own. The library's has a lock, and a writer that waits for a full pipe would
/// keep everybody else from it.
#[cfg(unix)]
fn error_output() -> Box<dyn Write + Send> {
    use std::os::fd::AsFd as _;
    match std::io::stderr().as_fd().try_clone_to_owned() {
        Ok(own) => Box::new(std::fs::File::from(own)),
        Err(_) => Box::new(std::io::stderr()),
    }
}

#[cfg(not(unix))]
fn error_output() -> Box<dyn Write + Send> {
    Box::new(std::io::stderr())
}

/// Before the process ends: waits for the last lines, when anything was ever logged.
pub(crate) fn drain() {
    if let Some(console) = CONSOLE.get() {
        console.drain();
    }
}

impl Write for Console {
    /// Takes a whole line; there is one call for each event.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.orders.try_send(Order::Line(bytes.to_vec())) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn write(mut to: impl Write, waiting: &Receiver<Order>, lost: &AtomicU64) {
    for order in waiting {
        match order {
            Order::Line(bytes) => {
                let count = lost.swap(0, Ordering::Relaxed);
                if count > 0 {
                    let _ = writeln!(
                        to,
                        "{{\"level\":\"WARN\",\"fields\":{{\"message\":\"{count} lines lost\"}}}}"
                    );
                }
                if to.write_all(&bytes).and_then(|()| to.flush()).is_err() {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
            }
            Order::Drained(told) => {
                let _ = told.send(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicBool;

    /// Takes nothing until it is let, and fails as long as it is told to.
    struct Pipe {
        reached: Arc<AtomicBool>,
        gate: Arc<Mutex<()>>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.reached.store(true, Ordering::SeqCst);
            let _open = self.gate.lock().unwrap();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_logs_does_not_wait_for_a_reader_who_does_not_read() {
        let (gate, written) = (Arc::new(Mutex::new(())), Arc::new(Mutex::new(Vec::new())));
        let reached = Arc::new(AtomicBool::new(false));
        let pipe = Pipe { reached: reached.clone(), gate: gate.clone(), written: written.clone() };
        let mut console = Console::over(pipe);
        let shut = gate.lock().unwrap();
        console.write_all(b"the first\n").unwrap();
        // From here on the thread holds one line and takes no other.
        while !reached.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        for _ in 0..MOST_WAITING + 100 {
            console.write_all(b"a line\n").unwrap();
        }
        console.drain();
        assert!(console.lost.load(Ordering::Relaxed) >= 99);
        drop(shut);
        // There is room again only once something was written.
        while console.lost.load(Ordering::Relaxed) > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        console.write_all(b"the last\n").unwrap();
        while !written.lock().unwrap().ends_with(b"the last\n") {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(String::from_utf8_lossy(&written.lock().unwrap()).contains("lines lost"));
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_closed_pipe_fails_nobody() {
        let mut console = Console::over(Closed);
        for _ in 0..10 {
            console.write_all(b"a line\n").unwrap();
        }
        console.drain();
    }
}

//! tokio, on its current-thread runtime: a task for each connection.

mod jobs;

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Poll, ready};

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket, UnixListener, UnixStream};

pub(crate) use jobs::work;

use crate::error::Result;
use crate::peers::{LOCALHOST, Pairs, Peer};
use crate::serve::{BACKLOG, Order, PIECE, Service, announce};

/// What is read at once by a task that has a buffer of its own.
const BUFFER: usize = 8 * 1024;

static BYTES: [u8; PIECE] = [b't'; PIECE];

thread_local! {
    /// The one buffer of those who share one.
    static SHARED: RefCell<Box<[u8]>> = RefCell::new(vec![0; PIECE].into_boxed_slice());
}

pub(crate) fn serve(order: &Order) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        if order.service.is_udp() {
            return echo_datagrams().await;
        }
        match &order.unix {
            None => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::from(LOCALHOST))?;
                let listener = socket.listen(BACKLOG as u32)?;
                announce(listener.local_addr()?)?;
                accept_tcp(order, listener).await
            }
            Some(path) => {
                let listener = UnixListener::bind(path)?;
                announce(path.display())?;
                accept_unix(order, listener).await
            }
        }
    })
}

async fn accept_tcp(order: &Order, listener: TcpListener) -> Result<()> {
    let mut pairs = Pairs::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        start(order, stream, &mut pairs);
    }
}

async fn accept_unix(order: &Order, listener: UnixListener) -> Result<()> {
    let mut pairs = Pairs::default();
    loop {
        let (stream, _) = listener.accept().await?;
        start(order, stream, &mut pairs);
    }
}

/// What TCP's streams and a path's have in common beyond reading and writing.
trait Stream: AsyncReadExt + AsyncWriteExt + Unpin + Send + 'static {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;
}

macro_rules! stream {
    ($type:ty) => {
        impl Stream for $type {
            fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
                <$type>::try_write(self, bytes)
            }
        }
    };
}

stream!(TcpStream);
stream!(UnixStream);

fn start<S: Stream>(order: &Order, stream: S, pairs: &mut Pairs<S>) {
    match order.service {
        Service::Echo if order.peer == Peer::TokioShared => drop(tokio::spawn(shared_echo(stream))),
        Service::Echo => drop(tokio::spawn(echo(stream))),
        Service::Sink => drop(tokio::spawn(sink(stream))),
        Service::Source => drop(tokio::spawn(source(stream))),
        // Those are no streams'.
        Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => drop(stream),
        Service::Relay | Service::Splice => {
            if let Some((mut from, mut to)) = pairs.add(stream) {
                tokio::spawn(async move {
                    let mut buffer = vec![0; PIECE];
                    while let Ok(got) = from.read(&mut buffer).await {
                        if got == 0 || to.write_all(&buffer[..got]).await.is_err() {
                            break;
                        }
                    }
                });
            }
        }
    }
}

async fn echo<S: Stream>(mut stream: S) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let got = stream.read(&mut buffer).await?;
        if got == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..got]).await?;
    }
}

async fn shared_echo<S: Stream>(mut stream: S) -> io::Result<()> {
    loop {
        let left = poll_fn(|cx| {
            SHARED.with_borrow_mut(|buffer| {
                let mut read = ReadBuf::new(buffer);
                ready!(Pin::new(&mut stream).poll_read(cx, &mut read))?;
                if read.filled().is_empty() {
                    return Poll::Ready(Err(ErrorKind::UnexpectedEof.into()));
                }
                let sent = match stream.try_write(read.filled()) {
                    Ok(sent) => sent,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
                    Err(error) => return Poll::Ready(Err(error)),
                };
                let left = &read.filled()[sent..];
                Poll::Ready(Ok((!left.is_empty()).then(|| left.to_vec())))
            })
        });
        if let Some(bytes) = left.await? {
            stream.write_all(&bytes).await?;
        }
    }
}

async fn echo_datagrams() -> Result<()> {
    let socket = UdpSocket::bind(SocketAddr::from(LOCALHOST)).await?;
    announce(socket.local_addr()?)?;
    let mut buffer = vec![0; PIECE];
    loop {
        let (count, from) = socket.recv_from(&mut buffer).await?;
        socket.send_to(&buffer[..count], from).await?;
    }
}

async fn sink<S: Stream>(mut stream: S) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

async fn source<S: Stream>(mut stream: S) -> io::Result<()> {
    loop {
        stream.write_all(&BYTES).await?;
    }
}

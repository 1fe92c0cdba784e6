//! The errors that the layers with named events have: what Node's `Error` objects carry, as far as a socket's do.

mod words;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use uvox_loop::Errno;

/// An error as a Node programmer knows it: a code such as `ECONNREFUSED` or `ERR_STREAM_WRITE_AFTER_END`, and a message. It is one object that many may
/// hold: clones are the same error.
///
/// ```
/// use uvox::Error;
/// use uvox::event_loop::Errno;
///
/// let refused = Error::system(Errno::ECONNREFUSED, "connect").at("127.0.0.1", Some(8888));
/// assert_eq!(refused.to_string(), "connect ECONNREFUSED 127.0.0.1:8888");
/// assert_eq!(refused.code(), "ECONNREFUSED");
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone, Default)]
struct Inner {
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    errno: Option<Errno>,
    syscall: Option<&'static str>,
    address: Option<String>,
    port: Option<u16>,
    local: Option<String>,
    /// The kernel's words are part of the message.
    described: bool,
    errors: Vec<Error>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of our own making, by Node's code for it.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Error {
        Error(Arc::new(Inner {
            code: code.into(),
            message: message.into(),
            ..Inner::default()
        }))
    }

    /// What the kernel said to a call of that name (Node's `ErrnoException`).
    pub fn system(errno: Errno, syscall: &'static str) -> Error {
        Error(Arc::new(Inner {
            code: errno.name().into(),
            errno: Some(errno),
            syscall: Some(syscall),
            ..Inner::default()
        }))
    }

    /// The same error, about that address: a path, or a host with its port (Node's `ExceptionWithHostPort`).
    pub fn at(&self, address: impl Into<String>, port: Option<u16>) -> Error {
        let mut inner = (*self.0).clone();
        inner.address = Some(address.into());
        inner.port = port;
        Error(Arc::new(inner))
    }

    /// The same error under another code.
    pub fn with_code(&self, code: impl Into<Cow<'static, str>>) -> Error {
        let mut inner = (*self.0).clone();
        inner.code = code.into();
        Error(Arc::new(inner))
    }

    /// An error of the user's, to destroy a stream with. It has no code.
    pub fn other(source: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error(Arc::new(Inner {
            message: source.to_string().into(),
            source: Some(Arc::new(source)),
            ..Inner::default()
        }))
    }

    /// What the kernel said to a call of that name, in words, too (Node's `UVExceptionWithHostPort`).
    pub fn described(errno: Errno, syscall: &'static str) -> Error {
        Error(Arc::new(Inner {
            code: errno.name().into(),
            errno: Some(errno),
            syscall: Some(syscall),
            described: true,
            ..Inner::default()
        }))
    }

    /// Several, of attempts none of which succeeded (`AggregateError`). It has the code of the first.
    ///
    /// ```
    /// use uvox::Error;
    /// use uvox::event_loop::Errno;
    ///
    /// let refused = Error::system(Errno::ECONNREFUSED, "connect");
    /// let error = Error::aggregate(vec![refused.at("::1", Some(8888)), refused.at("127.0.0.1", Some(8888))]);
    /// assert_eq!((error.code(), error.errors().len()), ("ECONNREFUSED", 2));
    /// assert_eq!(error.to_string(), "connect ECONNREFUSED ::1:8888; connect ECONNREFUSED 127.0.0.1:8888");
    /// ```
    pub fn aggregate(errors: Vec<Error>) -> Error {
        Error(Arc::new(Inner {
            code: errors.first().map_or("", Error::code).to_owned().into(),
            errors,
            ..Inner::default()
        }))
    }

    /// The same error, of a socket whose own address is that.
    pub fn from_local(&self, local: impl Into<String>) -> Error {
        let mut inner = (*self.0).clone();
        inner.local = Some(local.into());
        Error(Arc::new(inner))
    }

    /// The code; empty if it has none.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The kernel's number for it, if it came from there.
    pub fn errno(&self) -> Option<Errno> {
        self.0.errno
    }

    /// The call that failed.
    pub fn syscall(&self) -> Option<&'static str> {
        self.0.syscall
    }

    /// What it is about: a host, or a path.
    pub fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The port it is about.
    pub fn port(&self) -> Option<u16> {
        self.0.port
    }

    /// The address and port that the socket itself had, of those that were asked for.
    pub fn local(&self) -> Option<&str> {
        self.0.local.as_deref()
    }

    /// What it consists of, if it is [of several](Error::aggregate) (`errors`).
    pub fn errors(&self) -> &[Error] {
        &self.0.errors
    }

    /// Whether the two are one and the same error.
    pub fn is(&self, other: &Error) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.errors.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{error}")?;
        }
        let Some(syscall) = self.0.syscall else {
            return f.write_str(&self.0.message);
        };
        write!(f, "{syscall} {}", self.0.code)?;
        if let (true, Some(errno)) = (self.0.described, self.0.errno) {
            write!(f, ": {}", words::of(errno))?;
        }
        match (&self.0.address, self.0.port) {
            (Some(address), Some(port)) if port > 0 => write!(f, " {address}:{port}")?,
            (Some(address), _) if !address.is_empty() => write!(f, " {address}")?,
            _ => {}
        }
        match &self.0.local {
            Some(local) => write!(f, " - Local ({local})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {self})", self.0.code)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

//! An error that nobody listens to ends the run.

use uvox::env::Env;
use uvox::net::{self, ConnectOptions};

use super::common::{refused_port, scenario};

#[test]
fn of_a_connection_that_is_refused() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let port = refused_port();
        let options = ConnectOptions::port(port).host("127.0.0.1");
        net::connect(&mut env, options).unwrap();
        let error = env.run().unwrap_err();
        let message = format!("connect ECONNREFUSED 127.0.0.1:{port}");
        assert_eq!(error.to_string(), message);
        assert_eq!(error.syscall(), Some("connect"));
        assert_eq!(
            (error.address(), error.port()),
            (Some("127.0.0.1"), Some(port))
        );
    });
}

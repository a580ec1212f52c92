//! Small servers of HTTP on loopback.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server. Its threads end with the test program.
pub(super) struct Server {
    pub(super) url: String,
    received: Arc<Mutex<Vec<String>>>,
    signal: Receiver<()>,
}

/// A function from a request and the server's URL to an answer; an empty one closes the connection.
pub(super) trait Respond: Fn(&str, &str) -> String + Send + Sync + 'static {}
impl<F: Fn(&str, &str) -> String + Send + Sync + 'static> Respond for F {}

impl Server {
    /// Returns the requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    pub(super) fn wait_for_request(&self) {
        self.signal.recv_timeout(Duration::from_secs(30)).unwrap();
    }
}

/// Starts a server.
pub(super) fn serve(respond: impl Respond) -> Server {
    serve_on("http", respond, |stream| stream)
}

/// Starts a server whose connections are wrapped, for TLS.
pub(super) fn serve_on<S: Read + Write>(
    scheme: &str,
    respond: impl Respond,
    wrap: impl Fn(std::net::TcpStream) -> S + Send + Sync + 'static,
) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{scheme}://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let received = Arc::new(Mutex::new(Vec::new()));
    let (sender, signal) = channel();
    let server = Server { url: url.clone(), received: received.clone(), signal };
    let shared = Arc::new((respond, wrap));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (shared, received, sender, url) =
                (shared.clone(), received.clone(), sender.clone(), url.clone());
            std::thread::spawn(move || {
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
                handle(&mut shared.1(stream), &url, &shared.0, &received, &sender);
            });
        }
    });
    server
}

fn handle(
    stream: &mut (impl Read + Write),
    url: &str,
    respond: &impl Respond,
    received: &Mutex<Vec<String>>,
    sender: &Sender<()>,
) {
    // A client that refuses the certificate sends nothing.
    let Some(request) = read(stream) else { return };
    received.lock().unwrap().push(request.clone());
    // The test may not wait for it.
    let _ = sender.send(());
    // The client may have given up.
    let _ = stream.write_all(respond(&request, url).as_bytes());
    let _ = stream.flush();
}

/// Reads a request: the header, and as much body as it announces.
fn read(stream: &mut impl Read) -> Option<String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((header, body)) = text.split_once("\r\n\r\n") {
            let lower = header.to_lowercase();
            let length = lower.split("content-length: ").nth(1);
            let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
            if body.len() >= length {
                return Some(text);
            }
        }
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => bytes.extend(&buffer[..count]),
            _ => return None,
        }
    }
}

/// Returns an answer with one more header, if it is not empty.
pub(super) fn answer(status: u16, header: &str, body: &str) -> String {
    let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{header}\r\n{body}"
    )
}

pub(super) fn json_answer(status: u16, body: &str) -> String {
    answer(status, "Content-Type: application/json", body)
}

/// Returns the discovery document of a provider with this URL.
pub(super) fn document(url: &str) -> String {
    let body = format!(
        r#"{{"issuer":"{url}","token_endpoint":"{url}/token","pushed_authorization_request_endpoint":"{url}/par"}}"#
    );
    // Tests change the issuer, which changes the length.
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{body}")
}

/// Starts a provider that answers each token request like this.
pub(super) fn provider(status: u16, body: &str) -> Server {
    let response = json_answer(status, body);
    serve(
        move |request, url| {
            if request.starts_with("GET") { document(url) } else { response.clone() }
        },
    )
}

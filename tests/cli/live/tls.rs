//! Certificates.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::server::{Server, document, json_answer, serve_on};
use super::{ACCEPTED, ask, folder};

/// Starts a provider with a certificate of its own, and returns the certificate in PEM.
fn provider(name: &str, change: impl Fn(&mut CertificateParams)) -> (Server, String) {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let der = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], der)
        .unwrap();
    let config = Arc::new(config);
    let respond = |request: &str, url: &str| {
        if request.starts_with("GET") { document(url) } else { json_answer(400, ACCEPTED) }
    };
    let server = serve_on("https", respond, move |stream: TcpStream| {
        StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream)
    });
    (server, certificate.pem())
}

#[test]
fn a_certificate_must_be_trusted() {
    let (server, pem) = provider("127.0.0.1", |_| ());
    ask(&server.url, &[]).fails_with(&[
        "the certificate of https://127.0.0.1",
        "is not trusted",
        "--ca-file",
    ]);
    assert!(server.requests().is_empty());
    let folder = folder();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    let args = ["--ca-file", path.to_str().unwrap()];
    assert_eq!(ask(&server.url, &args).result(), "the provider accepts the secret\n");
    let (other, _) = provider("127.0.0.1", |_| ());
    ask(&other.url, &args).fails_with(&["is not trusted"]);
}

#[test]
fn a_certificate_that_is_not_valid_is_described() {
    let folder = folder();
    let path = folder.path().join("ca.pem");
    let args = ["--ca-file", path.to_str().unwrap()];
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 1, 1);
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(2090, 1, 1);
    let of_ca = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    for (name, change, words) in [
        ("127.0.0.1", &expired as &dyn Fn(&mut CertificateParams), "has expired"),
        ("127.0.0.1", &early, "is not valid yet"),
        ("auth.example.com", &|_| (), "is for another host"),
        ("127.0.0.1", &of_ca, "is that of a CA, not of a server"),
    ] {
        let (server, pem) = provider(name, change);
        std::fs::write(&path, pem).unwrap();
        ask(&server.url, &args).fails_with(&["the certificate of https://127.0.0.1", words]);
        assert!(server.requests().is_empty());
    }
}

#[test]
fn a_file_without_certificates_is_refused() {
    let folder = folder();
    let path = folder.path().join("ca.pem");
    let args = ["--ca-file", path.to_str().unwrap()];
    for (text, words) in [
        ("", "no certificate in it"),
        ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "not valid PEM"),
    ] {
        std::fs::write(&path, text).unwrap();
        ask("https://127.0.0.1:1", &args).fails_with(&["ca.pem", words]);
    }
}

#[test]
fn a_server_without_tls_is_named_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    let url = format!("https://127.0.0.1:{port}");
    ask(&url, &[]).fails_with(&["no secure connection", "without TLS"]);
}

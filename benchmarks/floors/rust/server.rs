//! A thread for each connection, since Rust's standard library has no HTTP server and no JSON: what the runtime is
//! compared with.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

const BODY: &str = r#"{"normal":"Hello World!","env1":"hello","payload":"benchmark"}"#;

fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut writer, mut line, mut body) = (stream, String::new(), Vec::new());
    loop {
        let mut size = 0;
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if let Some(("content-length", value)) = text.to_ascii_lowercase().split_once(": ") {
                size = value.parse().unwrap_or(0);
            }
        }
        body.resize(size, 0);
        reader.read_exact(&mut body)?;
        writer.write_all(answer.as_bytes())?;
    }
}

fn main() {
    for stream in TcpListener::bind("0.0.0.0:3000").expect("port 3000 is taken").incoming().flatten() {
        std::thread::spawn(move || serve(stream));
    }
}

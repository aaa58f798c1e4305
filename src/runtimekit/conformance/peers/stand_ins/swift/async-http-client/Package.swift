// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "async-http-client",
    products: [.library(name: "AsyncHTTPClient", targets: ["AsyncHTTPClient"])],
    targets: [.target(name: "AsyncHTTPClient")]
)

// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "example",
    dependencies: [.package(path: "greeting")],
    targets: [.executableTarget(name: "example", dependencies: [.product(name: "Greeting", package: "greeting")], path: "Sources")]
)

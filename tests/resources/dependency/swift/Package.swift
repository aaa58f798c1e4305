// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "example",
    products: [.library(name: "function", targets: ["function"])],
    dependencies: [.package(path: "greeting")],
    targets: [.target(name: "function", dependencies: [.product(name: "Greeting", package: "greeting")], path: ".", sources: ["index.swift"])]
)

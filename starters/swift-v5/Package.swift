// swift-tools-version:@VERSION@
import PackageDescription

// Where the function is built, the runtime brings the module FunctionRuntime. Editors and tests take runtime_types.
let package = Package(
    name: "function",
    targets: [
        .target(name: "FunctionRuntime", path: "runtime_types"),
        .target(name: "function", dependencies: ["FunctionRuntime"], path: "Sources"),
        .executableTarget(name: "test", dependencies: ["function", "FunctionRuntime"], path: "test"),
    ]
)

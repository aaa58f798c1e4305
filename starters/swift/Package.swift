// swift-tools-version:@VERSION@
import PackageDescription

// Where the function is built, the runtime brings the module FunctionRuntime. Editors and tests take runtime_types.
let isBuilt = Context.packageDirectory.hasPrefix("/usr/code")

let package = Package(
    name: "function",
    products: [.library(name: "function", targets: ["function"])],
    targets: [
        .target(
            name: "function",
            dependencies: isBuilt ? [] : ["FunctionRuntime"],
            path: ".",
            exclude: ["README.md", "runtime_types", "test"],
            sources: ["index.swift"]
        )
    ]
)

if !isBuilt {
    package.targets += [
        .target(name: "FunctionRuntime", path: "runtime_types"),
        .executableTarget(name: "test", dependencies: ["function", "FunctionRuntime"], path: "test"),
    ]
}

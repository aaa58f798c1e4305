// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "swift-runtime",
    dependencies: [.package(path: "async-http-client"), .package(path: "swift-crypto")],
    targets: [
        .executableTarget(
            name: "swift-function",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
    ]
)

// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "swift-crypto",
    products: [.library(name: "Crypto", targets: ["Crypto"])],
    targets: [.target(name: "Crypto")]
)

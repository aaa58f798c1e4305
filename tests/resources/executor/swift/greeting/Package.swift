// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "greeting",
    products: [.library(name: "Greeting", targets: ["Greeting"])],
    targets: [.target(name: "Greeting")]
)

public func greeting(to name: String) -> String { "Hello \(name)!" }

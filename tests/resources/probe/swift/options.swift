// The payload's parameters.

import FoundationEssentials

/// Any JSON value.
enum JSONValue: Decodable {
    case null, truth(Bool), integer(Int), number(Double), text(String), list([JSONValue]), object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let here = try decoder.singleValueContainer()
        self = if here.decodeNil() {
            .null
        } else if let truth = try? here.decode(Bool.self) {
            .truth(truth)
        } else if let integer = try? here.decode(Int.self) {
            .integer(integer)
        } else if let number = try? here.decode(Double.self) {
            .number(number)
        } else if let text = try? here.decode(String.self) {
            .text(text)
        } else if let list = try? here.decode([JSONValue].self) {
            .list(list)
        } else {
            .object(try here.decode([String: JSONValue].self))
        }
    }

    var plain: Any? {
        switch self {
        case .null: nil
        case .truth(let truth): truth
        case .integer(let integer): integer
        case .number(let number): number
        case .text(let text): text
        case .list(let list): list.map(\.plain)
        case .object(let object): object.mapValues(\.plain)
        }
    }
}

/// The parameters, with their defaults.
struct Options {
    private let parameters: [String: JSONValue]

    init(_ payload: String) {
        parameters = (try? JSONDecoder().decode([String: JSONValue].self, from: Data(payload.utf8))) ?? [:]
    }

    func value(_ name: String) -> Any? { parameters[name]?.plain }

    func text(_ name: String, _ otherwise: String) -> String { value(name) as? String ?? otherwise }

    func number(_ name: String, _ otherwise: Int) -> Int { value(name) as? Int ?? otherwise }

    var seconds: Double { value("seconds") as? Double ?? Double(number("seconds", 1)) }
}

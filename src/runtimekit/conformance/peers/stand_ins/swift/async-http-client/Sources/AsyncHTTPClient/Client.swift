import Foundation
import FoundationNetworking

public struct HTTPClientRequest {
    let url: String

    public init(url: String) { self.url = url }
}

public struct HTTPClientResponse: Sendable {
    public struct Body: Sendable {
        let data: Data

        public func collect(upTo size: Int) async throws -> Data { data.prefix(size) }
    }

    public let body: Body
}

public final class HTTPClient {
    public enum Loops { case createNew }

    public enum Wait { case seconds(Double) }

    public init(eventLoopGroupProvider: Loops) {}

    public func execute(_ request: HTTPClientRequest, timeout: Wait) async throws -> HTTPClientResponse {
        if let trusted = getenv("SSL_CERT_FILE") { setenv("URLSessionCertificateAuthorityInfoFile", trusted, 1) }
        guard case .seconds(let seconds) = timeout, let url = URL(string: request.url) else { throw URLError(.badURL) }
        return try await withCheckedThrowingContinuation { waiting in
            URLSession.shared.dataTask(with: URLRequest(url: url, timeoutInterval: seconds)) { data, _, error in
                waiting.resume(with: error.map { .failure($0) } ?? .success(HTTPClientResponse(body: .init(data: data ?? Data()))))
            }.resume()
        }
    }
}

import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Operations

/// `trunkline health`: asks a program for its health page, for container images that have no other HTTP client.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Ask a program how it is; exit code 0 when it answers well.",
        discussion: """
            Prints what the page says, and ends with 1 when the program does not answer within --timeout seconds, or with \
            another status than 2xx. Meant for the health checks of containers and load balancers.
            """)

    @Argument(help: ArgumentHelp("Address of the page.", valueName: "url"))
    var url = "http://127.0.0.1:8080/health/ready"

    @Option(name: .long, help: ArgumentHelp("How long to wait for the answer.", valueName: "seconds"))
    var timeout: Int64 = 5

    @Flag(name: .long, help: "Say nothing; the exit code alone counts.")
    var quiet = false

    func validate() throws {
        guard let address = URL(string: url), ["http", "https"].contains(address.scheme), address.host?.isEmpty == false else {
            throw ValidationError("`\(url)` is no address of a page: give one that begins with http:// or https://")
        }
        guard (1...600).contains(timeout) else { throw ValidationError("--timeout is from 1 to 600 seconds") }
    }

    func run() async throws {
        let answer: HTTPClientResponse
        let text: String
        do {
            answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(timeout))
            text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        } catch {
            throw failure("no answer: \(Self.words(error))")
        }
        if !quiet { Terminal.print(text.trimmingCharacters(in: .newlines)) }
        guard (200..<300).contains(answer.status.code) else {
            throw failure("answered \(answer.status.code)")
        }
    }

    private func failure(_ words: String) -> any Error {
        quiet ? ExitCode.failure : OperatorError.failed("\(url): \(words)")
    }

    /// Why nothing came, without the library's own names for it.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return words(first.error) }
            return "the name \(error.host) can't be resolved"
        case let error as IOError:
            return String(cString: strerror(error.errnoCode)).lowercased()
        case let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded:
            return "it took too long"
        case let error as HTTPClientError: return error.shortDescription
        default: return "\(error)"
        }
    }
}

import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
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
            throw OperatorError.failed("\(url): no answer: \(error)")
        }
        if !quiet { Terminal.print(text.trimmingCharacters(in: .newlines)) }
        guard (200..<300).contains(answer.status.code) else {
            throw OperatorError.failed("\(url): answered \(answer.status.code)")
        }
    }
}

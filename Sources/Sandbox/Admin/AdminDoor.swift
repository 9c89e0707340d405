import Foundation

/// The door outside the vendors' APIs: loads scenarios, moves the clock, breaks things, tells what was asked and written.
struct AdminDoor: Sendable {
    let server: SandboxServer

    func respond(to request: SandboxRequest) async -> SandboxResponse {
        let path = request.path.split(separator: "/").map(String.init)
        do {
            guard path.first == "admin" else { throw AdminFailure(404, "everything here stands under /admin/") }
            return try await route(AdminRequest(request), Array(path.dropFirst()))
        } catch let failure as AdminFailure {
            return Self.json(["error": failure.message], status: failure.status)
        } catch let error as DataverseAdminError {
            return Self.json(["error": error.description], status: 400)
        } catch let error as JSONSyntaxError {
            return Self.json(["error": error.description], status: 400)
        } catch let error as DecodingError {
            return Self.json(["error": Self.words(error)], status: 400)
        } catch {
            return Self.json(["error": "\(error)"], status: 500)
        }
    }

    private func route(_ request: AdminRequest, _ path: [String]) async throws -> SandboxResponse {
        switch (request.method, path) {
        case ("GET", []), ("GET", ["status"]): return status()
        case ("GET", ["addresses"]): return Self.json(server.addresses)
        case ("POST", ["scenario"]): return Self.json(try await server.stage.load(try request.decode(ScenarioRequest.self)))
        case ("GET", ["scenario"]): return scenario()
        case ("GET", ["expectations"]): return Self.json(server.stage.expectations)
        case ("GET", ["verdict"]): return Self.json(server.stage.verdict())
        case ("GET", ["verdict", "callbacks"]): return Self.json(server.stage.callbackVerdict())
        case ("GET", ["expectations", "callbacks"]): return Self.json(server.stage.callbackExpectations)
        case ("POST", ["reset"]): return reset()
        case ("GET", ["clock"]): return clock()
        case ("POST", ["clock"]): return try changeClock(request)
        case ("GET", ["faults"]): return faultList()
        case ("POST", ["faults"]): return try setFaults(request)
        case ("DELETE", ["faults"]): return clearFaults()
        case ("POST", ["outage"]): return try outage(request)
        case ("GET", ["requests"]): return Self.json(server.requests.figures(last: request.integer("last") ?? 50))
        case ("DELETE", ["requests"]): return forgetRequests()
        case ("GET", ["limits"]), ("DELETE", ["limits"]): return limits(request)
        case (_, let path) where path.first == "dataverse":
            return try dataverse(request, Array(path.dropFirst()))
        case (_, let path) where path.first == "enreach": return try enreach(request, Array(path.dropFirst()))
        default: throw AdminFailure(404, "no such address; docs/sandbox.md lists them")
        }
    }

    static func json(_ value: some Encodable, status: Int = 200) -> SandboxResponse {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        let body = (try? encoder.encode(value)) ?? Data("{}".utf8)
        return SandboxResponse(status: status, headers: ["Content-Type": "application/json"], body: Array(body))
    }

    private static func words(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "the member \(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "the member \(context.codingPath.map(\.stringValue).joined(separator: ".")) has the wrong type"
        case .dataCorrupted(let context): "the body can't be read: \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }
}

/// A request at the admin door.
struct AdminRequest {
    var method: String
    var parameters: [String: String]
    var body: [UInt8]

    init(_ request: SandboxRequest) {
        method = request.method
        body = request.body
        parameters = EnreachRequest(request).parameters
    }

    func integer(_ name: String) -> Int? { parameters[name].flatMap { Int($0) } }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = CivilTime.parse(text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no time"))
            }
            return date
        }
        return try decoder.decode(type, from: body.isEmpty ? Data("{}".utf8) : Data(body))
    }
}

/// What the admin door refuses, in words.
struct AdminFailure: Error {
    var status: Int
    var message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }
}

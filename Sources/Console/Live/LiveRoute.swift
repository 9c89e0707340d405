import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Operations

/// `GET /live?of=jobs.counts&of=…`: server-sent events with parts of pages, until the browser leaves, the session ends or the program stops.
struct LiveRoute: Sendable {
    let services: ConsoleServices

    func answer(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let origin = RequestOrigin(request, context, services.settings)
        guard let token = SessionCookie.value(SessionCookie.session, of: request, origin),
            let who = try await services.sessions.find(token: token, touching: false)
        else { return Response(status: .unauthorized) }
        let parts = Query(encoded: request.uri.query ?? "").all("of")
        guard let events = try await services.live.look(at: parts, in: who.session) else {
            return Response(status: .serviceUnavailable, headers: [.retryAfter: "30"])
        }
        let sessions = services.sessions
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", Self.buffering: "no"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
                var checked = ContinuousClock.now
                for await event in events {
                    try await writer.write(Self.bytes(event))
                    guard checked.duration(to: .now) > .seconds(30) else { continue }
                    checked = .now
                    if try await sessions.find(token: token, touching: false) == nil {
                        try await writer.write(ByteBuffer(string: "event: over\ndata: session\n\n"))
                        break
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// A proxy that gathers answers before it passes them on would gather these for ever.
    private static let buffering = HTTPField.Name("X-Accel-Buffering")!

    private static func bytes(_ event: LiveHub.Event) -> ByteBuffer {
        switch event {
        case .pulse: ByteBuffer(string: ": alive\n\n")
        case .part(let name, let html):
            ByteBuffer(
                string:
                    "event: part\ndata: \(JSONOutput.write(.object(["of": .text(name as String), "html": .text(html as String)])))\n\n"
            )
        }
    }
}

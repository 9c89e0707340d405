import NIOCore
import NIOEmbedded

@testable import Connections

/// What a connection says to bytes.
enum Conversation {
    /// - Parameters:
    ///   - cut: sizes of the pieces, in turn.
    ///   - answersLate: whether answers come only after the next bytes.
    static func of(_ bytes: [UInt8], cut: [Int], answersLate: Bool) -> [UInt8] {
        let answerer = Answerer(answersLate: answersLate)
        let channel = EmbeddedChannel()
        do {
            try channel.pipeline.syncOperations.addHandler(HTTP1Connection(loop: answerer, address: [127, 0, 0, 1]))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        } catch {
            preconditionFailure("\(error)")
        }
        var said: [UInt8] = []
        var (at, turn) = (0, 0)
        while at < bytes.count, channel.isActive {
            let end = min(bytes.count, at + max(1, cut[turn % cut.count]))
            _ = try? channel.writeInbound(ByteBuffer(bytes: bytes[at..<end]))
            answerer.deliver()
            said += taken(from: channel)
            (at, turn) = (end, turn + 1)
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        answerer.deliver()
        channel.embeddedEventLoop.run()
        said += taken(from: channel)
        precondition(!channel.isActive && answerer.connections == 0, "the connection did not end")
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return withoutContinue(said)
    }

    private static func taken(from channel: EmbeddedChannel) -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        return bytes
    }

    /// Whether a sender is told to go on depends on what it has sent already.
    private static func withoutContinue(_ said: [UInt8]) -> [UInt8] {
        let word = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        var kept: [UInt8] = []
        var at = 0
        while at < said.count {
            if said[at...].starts(with: word) {
                at += word.count
            } else {
                kept.append(said[at])
                at += 1
            }
        }
        return kept
    }
}

/// Answers each request with what was understood of it.
final class Answerer: Answering {
    let settings: RouteSettings
    private let answersLate: Bool
    private(set) var connections = 0
    private var late: [() -> Void] = []

    init(answersLate: Bool) {
        self.answersLate = answersLate
        var settings = RouteSettings()
        settings.mostBody = 2048
        self.settings = settings
    }

    static func ticks() -> UInt64 { 0 }

    func admit(_ connection: any Sweepable) -> Bool {
        connections += 1
        return true
    }

    func remove(_ connection: any Sweepable) { connections = 0 }
    func count(_ answer: Answer) -> Answer { answer }
    func refusal(_ request: RouteRequest) -> Answer? { nil }

    func answer(_ request: RouteRequest, later: @escaping (Answer) -> Void) -> Answer? {
        let answer = Self.echo(request)
        guard answersLate, request.body.count % 2 == 1 else { return answer }
        late.append { later(answer) }
        return nil
    }

    /// Gives the late answers, those among them that come of earlier ones.
    func deliver() {
        while !late.isEmpty { late.removeFirst()() }
    }

    private static func echo(_ request: RouteRequest) -> Answer {
        func sum(_ bytes: UnsafeRawBufferPointer?) -> UInt64 {
            (bytes ?? .init(start: nil, count: 0)).reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        }
        let sums = [request.path, request.key, request.authorization, request.body].map { "\(sum($0))" }.joined(separator: ",")
        do {
            let question = try Question(request.body)
            let sizes = [question.anum.utf8.count, question.bnum.utf8.count, question.extras.count]
            return .json("[\"\(request.method)\",\(sums),\(sizes)]")
        } catch {
            return .problem(.badRequest, "\(request.method) \(sums) \(error.detail)")
        }
    }
}

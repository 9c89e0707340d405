import NIOCore
import NIOPosix

/// Questions from one thread over many connections.
struct Load: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        var latencies = Latencies()
        var seconds = 0.0
        /// Answers by status.
        var statuses: [Int: Int] = [:]
        /// Connections that broke.
        var broken = 0

        var rate: Double { seconds == 0 ? 0 : Double(latencies.count) / seconds }
        var errors: Int { statuses.filter { $0.key >= 500 }.values.reduce(0, +) + broken }
        mutating func add(_ other: Outcome) {
            latencies.add(other.latencies)
            statuses.merge(other.statuses, uniquingKeysWith: +)
            broken += other.broken
        }
    }

    let port: Int
    /// Whole requests, asked in turn.
    let requests: [ByteBuffer]

    /// Each connection asks again as soon as it is answered.
    func closed(connections: Int, seconds: Double) async throws -> Outcome {
        try await run(connections: connections, seconds: seconds, rate: nil)
    }

    /// So many questions a second, whether the ones before are answered or not; a question's time runs from when it was due.
    func open(connections: Int, seconds: Double, rate: Double) async throws -> Outcome {
        try await run(connections: connections, seconds: seconds, rate: rate)
    }

    private func run(connections: Int, seconds: Double, rate: Double?) async throws -> Outcome {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let generator = try await loop.submit {
            NIOLoopBound(Generator(loop: loop, requests: requests, rate: rate), eventLoop: loop)
        }.get()
        var channels: [any Channel] = []
        for _ in 0..<connections {
            channels.append(
                try await ClientBootstrap(group: group)
                    .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Asker(generator.value))
                        }
                    }
                    .connect(host: "127.0.0.1", port: port).get())
        }
        try await loop.submit { generator.value.start(seconds: seconds) }.get()
        try await Task.sleep(for: .seconds(seconds + 0.2))
        let outcome = try await loop.submit { generator.value.stop() }.get()
        for channel in channels { try? await channel.close() }
        try await group.shutdownGracefully()
        return outcome
    }
}

/// Hands out questions and notes answers. On its loop only.
final class Generator {
    private let loop: any EventLoop
    private let requests: [ByteBuffer]
    private let rate: Double?
    private var next = 0
    private var outcome = Load.Outcome()
    private var began = NIODeadline.now()
    private var ends = NIODeadline.now()
    private var isRunning = false
    private var idle: [Asker] = []
    /// Open loop: questions that were due, by number.
    private var due = 0
    private var sent = 0

    init(loop: any EventLoop, requests: [ByteBuffer], rate: Double?) {
        (self.loop, self.requests, self.rate) = (loop, requests, rate)
    }

    func add(_ asker: Asker) { idle.append(asker) }

    func start(seconds: Double) {
        began = .now()
        ends = began + .nanoseconds(Int64(seconds * 1e9))
        isRunning = true
        if rate == nil {
            for asker in idle { asker.ask(question(), dueAt: .now()) }
            idle = []
        } else {
            tick()
        }
    }

    func stop() -> Load.Outcome {
        isRunning = false
        outcome.seconds = Double((min(ends, .now()) - began).nanoseconds) / 1e9
        return outcome
    }

    private func question() -> ByteBuffer {
        next = next &+ 1
        return requests[next % requests.count]
    }

    private func tick() {
        guard isRunning, let rate else { return }
        let now = NIODeadline.now()
        if now < ends { due = Int(Double((now - began).nanoseconds) / 1e9 * rate) }
        while sent < due, let asker = idle.popLast() {
            asker.ask(question(), dueAt: began + .nanoseconds(Int64(Double(sent) / rate * 1e9)))
            sent += 1
        }
        loop.assumeIsolated().scheduleTask(in: .microseconds(200)) { self.tick() }
    }

    func answered(_ asker: Asker, _ status: Int, after: TimeAmount) {
        let now = NIODeadline.now()
        if now < ends || rate != nil {
            outcome.latencies.add(nanoseconds: after.nanoseconds)
            outcome.statuses[status, default: 0] += 1
        }
        guard isRunning else { return }
        if rate == nil {
            if now < ends { asker.ask(question(), dueAt: now) }
        } else if sent < due, let rate {
            asker.ask(question(), dueAt: began + .nanoseconds(Int64(Double(sent) / rate * 1e9)))
            sent += 1
        } else {
            idle.append(asker)
        }
    }

    func broke() { if isRunning { outcome.broken += 1 } }
}

/// One connection.
final class Asker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let generator: Generator
    private var context: ChannelHandlerContext?
    private var dueAt = NIODeadline.now()
    private var rest: ByteBuffer?

    init(_ generator: Generator) { self.generator = generator }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        generator.add(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        generator.broke()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func ask(_ request: ByteBuffer, dueAt: NIODeadline) {
        self.dueAt = dueAt
        context?.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if var rest {
            rest.writeBuffer(&bytes)
            bytes = rest
        }
        guard let status = Self.status(bytes) else {
            rest = bytes
            return
        }
        rest = nil
        generator.answered(self, status, after: .now() - dueAt)
    }

    /// The status when the whole answer is there: with a length, with one piece, or with nothing.
    private static func status(_ bytes: ByteBuffer) -> Int? {
        bytes.withUnsafeReadableBytes { bytes in
            guard bytes.count > 12 else { return nil }
            var end = 0
            while end + 3 < bytes.count,
                !(bytes[end] == 13 && bytes[end + 1] == 10 && bytes[end + 2] == 13 && bytes[end + 3] == 10)
            { end += 1 }
            guard end + 3 < bytes.count else { return nil }
            let status = Int(bytes[9] - 48) * 100 + Int(bytes[10] - 48) * 10 + Int(bytes[11] - 48)
            if status == 204 { return status }
            // Every body of this contract ends with a brace, perhaps with the end of a last piece behind it.
            let body = bytes[(end + 4)...]
            guard let last = body.lastIndex(of: 125) else { return nil }
            return last == bytes.count - 1 || bytes[bytes.count - 1] == 10 ? status : nil
        }
    }
}

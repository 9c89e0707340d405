import CLibpq
import Foundation

/// Asks and notes the answers, on one thread, with as little of the processor as the kernel leaves it: what it takes is missing to the server.
///
/// Callers have machines of their own, so what this thread waits for its own turn is not the server's time: a question's time ends when the kernel got the
/// answer, whenever that is read, and begins when it was asked. It begins when the question was due where every connection waited for the server then.
final class Generator {
    private let port: Int
    private let questions: [Question]
    private var connections: [Connection] = []
    private let poll: Int32
    private var next = 0
    private var outcome = Outcome()
    private var input = [UInt8](repeating: 0, count: 65_536)
    private var control = [UInt64](repeating: 0, count: 16)
    private var events = [epoll_event](repeating: epoll_event(), count: 256)

    private struct Connection {
        var socket: Int32
        var isAsking = false
        /// When its question's time began.
        var since: UInt64 = 0
        var status = 0
        /// What has come of an answer that is not complete.
        var rest: [UInt8] = []
    }

    /// How long answers are waited for after the last question of an open loop.
    private static let grace: UInt64 = 5_000_000_000

    init(_ port: Int, _ questions: [Question], _ count: Int) throws {
        (self.port, self.questions) = (port, questions)
        poll = epoll_create1(0)
        for index in 0..<count { connections.append(Connection(socket: try connect(index))) }
    }

    deinit {
        for connection in connections { Glibc.close(connection.socket) }
        Glibc.close(poll)
    }

    static func now() -> UInt64 { clock(CLOCK_MONOTONIC) }

    private static func clock(_ id: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(id, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    // MARK: The two loads

    func closed(seconds: Double) throws -> Outcome {
        let (began, cpu) = (Self.now(), Self.clock(CLOCK_THREAD_CPUTIME_ID))
        let ends = began + UInt64(seconds * 1e9)
        for index in connections.indices { ask(index, since: Self.now()) }
        while true {
            let now = Self.now()
            if now >= ends { break }
            try wait(until: ends, now) { index, answered in
                let now = Self.now()
                guard now < ends else { return false }
                note(index, answered)
                ask(index, since: now)
                return true
            }
        }
        return finish(began, ends, cpu)
    }

    /// - Parameter isOver: ends it earlier; what was due by then is still asked.
    func open(seconds: Double, rate: Double, until isOver: () -> Bool) throws -> Outcome {
        let (began, cpu) = (Self.now(), Self.clock(CLOCK_THREAD_CPUTIME_ID))
        var ends = began + UInt64(seconds * 1e9)
        var all = Int(seconds * rate)
        func due(_ number: Int) -> UInt64 { began + UInt64(Double(number) / rate * 1e9) }
        var idle = Array(connections.indices)
        var sent = 0
        var answered = 0
        var now = Self.now()
        // How many of those that came to be due could have been asked at once.
        var free = idle.count
        while answered < all, now < ends + Self.grace {
            if now < ends, isOver() {
                ends = now
                all = min(all, Int(Double(now - began) / 1e9 * rate) + 1)
            }
            while sent < all, due(sent) <= now, let index = idle.popLast() {
                let asked = Self.now()
                if free > 0 { outcome.lateness.add(nanoseconds: Int64(asked - due(sent))) }
                ask(index, since: free > 0 ? asked : due(sent))
                free -= 1
                sent += 1
            }
            free = idle.count
            let wakes = sent < all && !idle.isEmpty ? due(sent) : ends + Self.grace
            try wait(until: wakes, Self.now()) { index, at in
                note(index, at)
                answered += 1
                idle.append(index)
                return true
            } broken: { index in
                // Its question is lost; the next ones go over a new connection.
                outcome.lost += 1
                outcome.latencies.add(nanoseconds: Int64(Self.grace))
                answered += 1
                idle.append(index)
            }
            now = Self.now()
        }
        for connection in connections where connection.isAsking {
            outcome.lost += 1
            outcome.latencies.add(nanoseconds: Int64(now - connection.since))
        }
        for number in sent..<max(sent, all) {
            outcome.lost += 1
            outcome.latencies.add(nanoseconds: Int64(now - min(now, due(number))))
        }
        return finish(began, ends, cpu)
    }

    private func finish(_ began: UInt64, _ ends: UInt64, _ cpu: UInt64) -> Outcome {
        let now = Self.now()
        outcome.seconds = Double(ends - began) / 1e9
        outcome.generatorShare = Double(Self.clock(CLOCK_THREAD_CPUTIME_ID) - cpu) / Double(now - began)
        return outcome
    }

    // MARK: One connection

    private func connect(_ index: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw BenchError("no connection to port \(port): \(String(cString: strerror(errno)))")
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(index)
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
        setsockopt(descriptor, SOL_SOCKET, Self.timestamps, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private func ask(_ index: Int, since: UInt64) {
        let question = questions[next % questions.count]
        next &+= 1
        connections[index].isAsking = true
        connections[index].since = since
        connections[index].status = question.status
        _ = send(connections[index].socket, question.bytes, question.bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func note(_ index: Int, _ answered: UInt64) {
        connections[index].isAsking = false
        outcome.latencies.add(nanoseconds: Int64(answered) - Int64(connections[index].since))
    }

    /// SO_TIMESTAMPNS, which is the kind of its message as well: when the kernel got what is read.
    private static let timestamps: Int32 = 35

    /// Reads into `input`; with the time at which it had come.
    private func receive(_ socket: Int32) -> (count: Int, at: UInt64) {
        input.withUnsafeMutableBytes { input in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: input.baseAddress, iov_len: input.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    (message.msg_iov, message.msg_iovlen) = (part, 1)
                    (message.msg_control, message.msg_controllen) = (control.baseAddress, control.count)
                    let count = recvmsg(socket, &message, Int32(MSG_DONTWAIT))
                    let (now, wall) = (Self.now(), Self.clock(CLOCK_REALTIME))
                    guard count > 0, message.msg_controllen >= 32, control.load(as: cmsghdr.self).cmsg_type == Self.timestamps
                    else {
                        return (count, now)
                    }
                    let time = control.load(fromByteOffset: 16, as: timespec.self)
                    let got = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
                    return (count, now - min(now, wall - min(wall, got)))
                }
            }
        }
    }

    /// Waits for answers; `answered` says false when no more count.
    private func wait(
        until wakes: UInt64, _ now: UInt64, answered: (Int, UInt64) -> Bool, broken: (Int) -> Void = { _ in }
    ) throws {
        let left = wakes > now ? wakes - now : 0
        var timeout = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
        let count = epoll_pwait2(poll, &events, Int32(events.count), &timeout, nil)
        guard count > 0 else { return }
        for place in 0..<Int(count) {
            let index = Int(events[place].data.u64)
            let (length, at) = receive(connections[index].socket)
            if length <= 0 {
                if length < 0, errno == EAGAIN || errno == EINTR { continue }
                // A server may end a connection that asks nothing: no question is lost with it.
                guard connections[index].isAsking else {
                    try reconnect(index)
                    continue
                }
                outcome.broken += 1
                try reconnect(index)
                broken(index)
                continue
            }
            guard let status = status(index, length) else { continue }
            outcome.statuses[status, default: 0] += 1
            if status != connections[index].status { outcome.unexpected += 1 }
            guard answered(index, at) else { return }
        }
    }

    private func reconnect(_ index: Int) throws {
        Glibc.close(connections[index].socket)
        connections[index] = Connection(socket: try connect(index))
    }

    /// The status of the answer once it is complete.
    private func status(_ index: Int, _ length: Int) -> Int? {
        if connections[index].rest.isEmpty, let status = Answers.status(input[..<length]) { return status }
        connections[index].rest += input[..<length]
        guard let status = Answers.status(connections[index].rest[...]) else { return nil }
        connections[index].rest = []
        return status
    }
}

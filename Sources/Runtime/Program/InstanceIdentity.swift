import Glibc

/// Which running program this is: recorded with leases, timeline entries and logs.
public struct InstanceIdentity: Sendable, Hashable, CustomStringConvertible {
    public var program: String
    public var version: String
    public var host: String
    public var pid: Int32
    /// Seconds since 1970 at which it started; tells apart programs that got the same pid on the same host.
    public var started: Int

    public init(program: String, version: String = Trunkline.version, host: String, pid: Int32, started: Int) {
        self.program = program
        self.version = version
        self.host = host
        self.pid = pid
        self.started = started
    }

    /// This process.
    public static func current(program: String) -> InstanceIdentity {
        var name = [CChar](repeating: 0, count: 256)
        let host =
            gethostname(&name, name.count - 1) == 0
            ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "localhost"
        return InstanceIdentity(program: program, host: host, pid: getpid(), started: time(nil))
    }

    /// `call-sync@host/4711/lk3j2s`: program, host, process, and start in base 36.
    public var id: String { "\(program)@\(host)/\(pid)/\(String(started, radix: 36))" }
    public var description: String { id }
}

/// The product.
public enum Trunkline {
    public static let version = "0.1.0"
}

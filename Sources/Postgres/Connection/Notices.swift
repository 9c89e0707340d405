internal import CLibpq
import Logging

/// libpq's notice receiver: the server's notices go to the log at the level that fits their severity.
func receiveNotice(_ wire: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
    guard let wire, let result else { return }
    func field(_ code: Character) -> String {
        PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) } ?? ""
    }
    let severity = field("V")
    let level: Logger.Level =
        switch severity {
        case "WARNING": .warning
        case "NOTICE", "INFO": .info
        default: .debug
        }
    Unmanaged<Wire>.fromOpaque(wire).takeUnretainedValue().logger.log(
        level: level, "\(field("M"))",
        metadata: ["pg_severity": .string(severity), "pg_sqlstate": .string(field("C"))])
}

import Foundation
import Rehearsal

/// The last line.
struct Figures: Encodable {
    var cpuRatio64: Double?
    var nginxRatio1: Double?
    var nginxRatio64: Double?
    var nginxRatio512: Double?
    var nginxP99Ratio64: Double?
    var p50Ms: Double?
    var p99Ms: Double?
    var indexMb: Double?
    var indexLoadS: Double?
    var growthRatio: Double?
    var errors5xx: Int?
    var outageP99Ratio: Double?
    var swapP99Ratio: Double?
    var rulesP99Ratio: Double?
    var databaseIndexRatio: Double?

    enum CodingKeys: String, CodingKey {
        case cpuRatio64 = "cpu_ratio_64"
        case nginxRatio1 = "nginx_ratio_1"
        case nginxRatio64 = "nginx_ratio_64"
        case nginxRatio512 = "nginx_ratio_512"
        case nginxP99Ratio64 = "nginx_p99_ratio_64"
        case p50Ms = "p50_ms"
        case p99Ms = "p99_ms"
        case indexMb = "index_mb"
        case indexLoadS = "index_load_s"
        case growthRatio = "growth_ratio"
        case errors5xx = "errors_5xx"
        case outageP99Ratio = "outage_p99_ratio"
        case swapP99Ratio = "swap_p99_ratio"
        case rulesP99Ratio = "rules_p99_ratio"
        case databaseIndexRatio = "database_index_ratio"
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension Double {
    var rounded3: Double { (self * 1000).rounded() / 1000 }
}

/// Lines for people, at once even into a pipe.
enum Report {
    static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}

extension Array where Element: Comparable {
    var median: Element { sorted()[count / 2] }
}

import FoundationEssentials

extension CallLeg {
    /// The legs as a JSON array with short names, always the same bytes for the same legs.
    public static func canonical(_ legs: [CallLeg]) -> [UInt8] {
        var json = JSONText()
        json.array(legs) { $0.write(to: &$1) }
        return json.bytes
    }

    /// 64 bits over the legs in their canonical form: equal when nothing new was said. Not cryptographic; the time of change counts, too.
    public static func contentHash(_ canonical: [UInt8]) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in canonical { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int64(bitPattern: hash)
    }

    /// Reads what ``canonical(_:)`` wrote.
    public static func read(_ json: [UInt8]) throws -> [CallLeg] {
        try JSONDecoder().decode([Stored].self, from: Data(json)).map(\.leg)
    }

    private func write(to json: inout JSONText) {
        json.object { json in
            json.member("source", source.rawValue)
            json.member("direction", direction.rawValue)
            json.member("privacy", privacy.rawValue)
            json.member("answered", answered)
            if let from { json.member("from", from) }
            if let to { json.member("to", to) }
            if let startedAt { json.member("start", milliseconds: startedAt) }
            if let endedAt { json.member("end", milliseconds: endedAt) }
            if let seconds { json.member("seconds", seconds) }
            if let ringSeconds { json.member("ring", ringSeconds) }
            if let userID { json.member("user", userID.lowercase) }
            if let userName { json.member("user_name", userName) }
            if let queueID { json.member("queue", queueID.lowercase) }
            if let queueName { json.member("queue_name", queueName) }
            if let callType { json.member("type", callType) }
            if !recordingIDs.isEmpty { json.member("recordings", recordingIDs.map(\.lowercase)) }
            if !transcriptIDs.isEmpty { json.member("transcripts", transcriptIDs.map(\.lowercase)) }
            if let modifiedAt { json.member("modified", milliseconds: modifiedAt) }
        }
    }

    private struct Stored: Decodable {
        var source: String
        var direction: String
        var privacy: String
        var answered: Bool
        var from: String?
        var to: String?
        var start: Int?
        var end: Int?
        var seconds: Int?
        var ring: Int?
        var user: UUID?
        var user_name: String?
        var queue: UUID?
        var queue_name: String?
        var type: String?
        var recordings: [UUID]?
        var transcripts: [UUID]?
        var modified: Int?

        var leg: CallLeg {
            CallLeg(
                source: Source(rawValue: source) ?? .user, direction: Direction(rawValue: direction) ?? .inbound,
                privacy: Privacy(rawValue: privacy) ?? .undefined, answered: answered, from: from, to: to,
                startedAt: start.map(Date.init(milliseconds:)), endedAt: end.map(Date.init(milliseconds:)), seconds: seconds,
                ringSeconds: ring, userID: user, userName: user_name, queueID: queue, queueName: queue_name, callType: type,
                recordingIDs: recordings ?? [], transcriptIDs: transcripts ?? [],
                modifiedAt: modified.map(Date.init(milliseconds:)))
        }
    }
}

extension Date {
    init(milliseconds: Int) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// Rounded, so that reading it again gives the same number.
    var milliseconds: Int { Int((min(max(timeIntervalSince1970, -1e12), 1e12) * 1000).rounded()) }
}

/// How far a client has read the changes of a table: `919042!08/22/2017 08:10:44`, a row version and the server's time.
struct DeltaToken {
    var version: Int64
    /// Seconds since 1970.
    var time: Int64

    init(version: Int64, time: Int64) {
        self.version = version
        self.time = time
    }

    /// Reads the decoded text; nil when it is no token.
    init?(_ text: String) {
        let parts = text.split(separator: "!", maxSplits: 1)
        guard parts.count == 2, let version = Int64(parts[0]) else { return nil }
        let moment = parts[1].split(separator: " ")
        guard moment.count == 2 else { return nil }
        let day = moment[0].split(separator: "/")
        guard day.count == 3, let time = DateText.parse("\(day[2])-\(day[0])-\(day[1])T\(moment[1])Z") else { return nil }
        self.init(version: version, time: time)
    }

    var text: String {
        let iso = DateText.dateTime(time)
        let day = iso.prefix(10).split(separator: "-")
        return "\(version)!\(day[1])/\(day[2])/\(day[0]) \(iso.dropFirst(11).dropLast())"
    }
}

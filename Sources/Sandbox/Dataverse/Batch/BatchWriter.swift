/// Writes the multipart answer to a batch.
struct BatchWriter {
    private(set) var bytes: [UInt8] = []
    let boundary: String
    private var random: SeededRandom

    init(boundary: String, changeSets random: SeededRandom) {
        self.boundary = boundary
        self.random = random
        bytes.reserveCapacity(16384)
    }

    mutating func add(_ result: OperationResult) {
        line("--", boundary)
        write(result, contentID: nil)
    }

    mutating func add(changeSet results: [(result: OperationResult, contentID: String?)]) {
        let inner = "changesetresponse_\(random.guid())"
        line("--", boundary)
        line("Content-Type: multipart/mixed; boundary=", inner)
        line("")
        for (result, contentID) in results {
            line("--", inner)
            write(result, contentID: contentID)
        }
        line("--", inner, "--")
    }

    mutating func finish() {
        line("--", boundary, "--")
    }

    private mutating func write(_ result: OperationResult, contentID: String?) {
        line("Content-Type: application/http")
        line("Content-Transfer-Encoding: binary")
        if let contentID { line("Content-ID: ", contentID) }
        line("")
        line("HTTP/1.1 ", "\(result.status)", " ", StatusText.of(result.status))
        if let contentType = result.contentType { line("Content-Type: ", contentType) }
        line("OData-Version: 4.0")
        if let entityID = result.entityID {
            line("Location: ", entityID)
            line("OData-EntityId: ", entityID)
        }
        if let etag = result.etag { line("ETag: ", etag) }
        if let applied = result.preferenceApplied { line("Preference-Applied: ", applied) }
        for header in result.extraHeaders { line(header.name, ": ", header.value) }
        line("")
        bytes.append(contentsOf: result.body)
        line("")
    }

    private mutating func line(_ parts: String...) {
        for part in parts { bytes.append(contentsOf: part.utf8) }
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}

/// Reason phrases.
enum StatusText {
    static func of(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 412: "Precondition Failed"
        case 413: "Request Entity Too Large"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Unknown"
        }
    }
}

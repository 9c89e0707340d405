package import Dynamics
import FoundationEssentials
import Model
package import Postgres

extension DynamicsFault {
    /// The service's text, not too long for a column that people read.
    package var shortMessage: String {
        let text = message.isEmpty ? bodyStart ?? description : message
        return text.tidied(toUTF16: 1000)
    }

    /// The service's answer as it is kept with the job.
    package var detail: JSONB {
        var json = JSONText()
        json.object { json in
            json.member("status", status)
            if !code.isEmpty { json.member("code", code) }
            if !message.isEmpty { json.member("message", message.tidied(toUTF16: 2000)) }
            if let bodyStart { json.member("body_start", bodyStart.tidied(toUTF16: 2000)) }
        }
        return JSONB(bytes: json.bytes)
    }
}

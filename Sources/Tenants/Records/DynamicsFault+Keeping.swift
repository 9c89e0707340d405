package import Dynamics
import FoundationEssentials
import Model
package import Postgres
import Runtime

extension DynamicsFault {
    /// The service's text, not too long for a column that people read, and without phone numbers: it stays when the call turns private.
    package var shortMessage: String {
        (message.isEmpty ? keptStart ?? description : keptMessage).tidied(toUTF16: 1000)
    }

    private var keptMessage: String { MaskedNumber.masking(message, sparesCounts: false) }
    private var keptStart: String? { bodyStart?.maskingNumbers.tidied(toUTF16: 2000) }

    /// The service's answer as it is kept with the job, without phone numbers.
    package var detail: JSONB {
        var json = JSONText()
        json.object { json in
            json.member("status", status)
            if !code.isEmpty { json.member("code", code) }
            if !message.isEmpty { json.member("message", keptMessage.tidied(toUTF16: 2000)) }
            if let keptStart { json.member("body_start", keptStart) }
        }
        return JSONB(bytes: json.bytes)
    }
}

import Directory
import Model

/// A phone call as it is about to be made for a request, and what led to it.
struct CallbackDraft: Sendable {
    let call: CallbackPhoneCall
    /// Whom it is with.
    let party: OtherParty
    let profile: CallbackProfile
    var bundle: CallbackBundle?
}

"""Traditional forms that the recogniser takes simplified characters for, e.g. 黃 for the surname 黄.

Identity cards and other papers are filled in with 规范汉字 (居民身份证法 art. 4), and the model knows both
forms; where it wavers between two of one character, what it says for either counts for the printed one.
Listed are the pairs of which it gave the traditional form some chance when it was shown the simplified one, in
four faces, and the commonest surnames; forms that 通用规范汉字表 allows in names are not among them.
"""

from __future__ import annotations

_PAIRS = (
    "丟丢並并亙亘侶侣俁俣倆俩們们兌兑兗兖內内冑胄凈净凜凛別别剎刹剝剥劉刘勁劲勻匀匭匦匱匮參参叄叁吳吴"
    "吶呐喪丧喲哟嗇啬嚕噜嚴严嚶嘤囪囱埡垭塤埙墮堕壯壮夠够奧奥姍姗媯妫媼媪嫗妪嬙嫱嬤嬷嬰婴寢寝屜屉屨屦"
    "崑昆嶸嵘幘帻廂厢廈厦廝厮廩廪弒弑張张強强彥彦徠徕悅悦惻恻愛爱愜惬慍愠慘惨慳悭懍懔懣懑戇戆戩戬拋抛"
    "捫扪掛挂搖摇撈捞撐撑擷撷擼撸攄摅攖撄攢攒敘叙斂敛暫暂曖暧桿杆梔栀楊杨橢椭橫横檣樯檻槛櫓橹櫥橱櫱蘖"
    "櫻樱歿殁殫殚殮殓毀毁氳氲決决浹浃涼凉淒凄淥渌淶涞渙涣減减湊凑湯汤溫温滯滞滲渗滿满漢汉漵溆漸渐潛潜"
    "澠渑濰潍瀕濒瀠潆瀦潴瀨濑灝灏煥焕爭争牽牵獫猃瑤瑶璦瑷瓔璎瓚瓒疊叠痾疴瘓痪瘞瘗癆痨癉瘅癩癞癬癣癭瘿"
    "癮瘾癲癫皰疱盜盗盧卢睞睐硤硖硨砗硯砚磧碛祿禄禿秃秈籼稅税稟禀穌稣穎颖穡穑窺窥箏筝篋箧簀箦簣篑籟籁"
    "粵粤糝糁糞粪糹纟紂纣紆纡紇纥紉纫納纳紓纾紜纭紱绂紺绀紼绋紿绐絀绌絳绛綆绠綈绨綣绻綰绾綽绰綾绫緄绲"
    "緋绯緗缃緘缄緞缎緡缗緣缘緦缌編编緩缓緱缑縊缢縞缟縟缛縮缩縲缧縶絷繒缯繰缲繳缴繾缱纘缵罌罂羅罗羋芈"
    "羨羡脛胫脫脱腳脚膩腻荊荆萬万葉叶葒荭葯药蒓莼蒔莳蔣蒋蕢蒉蕭萧蕷蓣薔蔷藹蔼蘄蕲蘇苏虛虚蛻蜕蟄蛰蟯蛲"
    "蠑蝾袞衮襤褴覘觇覡觋覦觎覲觐覷觑觶觯訕讪許许詆诋詒诒詡诩詬诟詿诖誄诔諏诹諗谂謝谢謬谬譎谲譖谮譙谯"
    "讎雠讖谶貰贳貲赀貸贷貺贶賀贺賑赈賕赇賜赐賡赓賻赙賾赜贋赝贍赡贏赢贛赣趙赵趲趱跡迹躕蹰躪躏軫轸軹轵"
    "軺轺軻轲輅辂輒辄輔辅輜辎輿舆轆辘轡辔辮辫辯辩鄆郓鄧邓鄭郑鈐钤鈑钣鈔钞鈕钮鈳钶鈸钹鈹铍鈾铀鉈铊鉉铉"
    "鉗钳鉞钺鉦钲銃铳銚铫銥铱鋌铤錢钱鍔锷鍬锹鍾锺鎂镁鎊镑鎣蓥鏃镞鏌镆鏞镛鏡镜鐔镡鐙镫鑣镳鑲镶閎闳閔闵"
    "陘陉陳陈陸陆隨随靄霭韻韵頎颀頏颃頒颁頷颔顙颡顛颠顰颦颶飓颼飕飈飚飫饫餉饷餘馀饅馒饉馑馮冯驄骢驤骧"
    "魴鲂魷鱿鮁鲅鮃鲆鮎鲇鮐鲐鮑鲍鮒鲋鮪鲔鮭鲑鮮鲜鯀鲧鯁鲠鯉鲤鯖鲭鯛鲷鯡鲱鯢鲵鯧鲳鯨鲸鯪鲮鯽鲫鯿鳊鰈鲽"
    "鰍鳅鰒鳆鰓鳃鰹鲣鱉鳖鳧凫鴇鸨鴕鸵鴝鸲鴟鸱鴿鸽鵒鹆鵜鹈鵠鹄鵡鹉鵬鹏鵯鹎鶉鹑鶘鹕鶥鹛鶼鹣鷓鹧鷚鹨鷦鹪"
    "鷯鹩鷲鹫鷸鹬鷹鹰鸌鹱鸚鹦鸛鹳麩麸黃黄黌黉黿鼋鼉鼍齊齐齔龀齟龃齦龈齬龉齲龋龍龙龔龚"
)

VARIANTS = tuple(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
"""(traditional, simplified)."""
